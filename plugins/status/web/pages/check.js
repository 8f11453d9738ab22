// @ts-check
import { tabs } from '../components/tabs.js'
import { replace } from '../dom.js'
import { itemsForm } from '../check/items.js'
import { messageForm } from '../check/message.js'
import { t, useTexts } from '../texts.js'
import { check as texts } from '../texts/check.js'
import '../components/outcome.js'

useTexts(texts)

/** @type {import('../types').Page} */
export const page = {
  path: 'check',
  titleKey: 'nav.check',
  render(root, { route, signal, setParams }) {
    const { params } = route
    const keep = (/** @type {import('../router.js').ParamValues} */ values) =>
      setParams(values, { replace: true })
    replace(
      root,
      tabs({
        label: t('check.what'),
        selected: params.get('tab') ?? 'items',
        onSelect: (id) => keep({ tab: id === 'items' ? undefined : id }),
        tabs: [
          {
            id: 'items',
            title: t('check.tabItems'),
            render: () =>
              itemsForm({
                items: params.get('items') ?? '',
                signal,
                onAsked: (items) => keep({ items }),
              }),
          },
          { id: 'message', title: t('check.tabMessage'), render: () => messageForm({ params, signal }) },
        ],
      }),
    )
    // The forms keep their own state; an address only says where they begin.
    return { update() {} }
  },
}
