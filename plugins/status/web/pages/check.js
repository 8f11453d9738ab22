// @ts-check
import { tabs } from '../components/tabs.js'
import { replace } from '../dom.js'
import { itemsForm } from '../check/items.js'
import { messageForm } from '../check/message.js'
import { linkTo, parseRoute } from '../router.js'
import { t, useTexts } from '../texts.js'
import { check as texts } from '../texts/check.js'
import '../components/outcome.js'

useTexts(texts)

/** @type {import('../types').Page} */
export const page = {
  path: 'check',
  titleKey: 'nav.check',
  render(root, { route, signal, setParams }) {
    /** The address of what is shown: the forms change theirs, and keep their own state. */
    let shown = ''
    const keep = (/** @type {import('../router.js').ParamValues} */ values) => {
      shown = parseRoute(linkTo(page.path, values)).params.toString()
      setParams(values, { replace: true })
    }
    const show = (/** @type {URLSearchParams} */ params) => {
      shown = params.toString()
      replace(root, choice(params, signal, keep))
    }
    show(route.params)
    return {
      update({ params }) {
        if (params.toString() !== shown) show(params)
      },
    }
  },
}

/**
 * @param {URLSearchParams} params
 * @param {AbortSignal} signal
 * @param {(values: import('../router.js').ParamValues) => void} keep
 */
const choice = (params, signal, keep) =>
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
  })
