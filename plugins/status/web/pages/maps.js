// @ts-check
import { card } from '../components/card.js'
import { h } from '../dom.js'
import { settingsCard } from '../forms/cards.js'
import { mapEditor } from '../forms/editors/map.js'
import { setting } from '../forms/setting.js'
import { renderSettings } from '../forms/settings-page.js'
import { t, useTexts } from '../texts.js'
import { maps } from '../texts/maps.js'

useTexts(maps)

/** @type {readonly (readonly [key: string, name: string, placeholder: string])[]} */
const tables = [
  ['hosts', 'maps.host', '192.0.2.0/24'],
  ['senders', 'maps.sender', 'newsletter@example.net'],
  ['recipients', 'maps.recipient', '@example.com'],
]

/** @type {import('../types').Page} */
export const page = {
  path: 'maps',
  titleKey: 'nav.maps',
  async render(root, context) {
    await renderSettings(root, context, (form) => [
      settingsCard(form, t('maps.global'), [['message_size', 'limit']], { intro: t('maps.intro') }),
      card(
        t('maps.exceptions'),
        h(
          'div',
          { class: 'settings-grid' },
          tables.map(([key, keyName, placeholder]) =>
            setting(form, ['message_size', key], {
              editor: (model, options) =>
                mapEditor(model, { ...options, keyName: t(keyName), valueName: t('maps.size'), placeholder }),
            }),
          ),
        ),
      ),
    ])
  },
}
