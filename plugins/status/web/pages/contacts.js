// @ts-check
import { settingsCard } from '../forms/cards.js'
import { renderSettings } from '../forms/settings-page.js'
import { notice } from '../components/state.js'
import { t, useTexts } from '../texts.js'
import { contacts } from '../texts/contacts.js'

useTexts(contacts)

/** @type {import('../types').Page} */
export const page = {
  path: 'contacts',
  titleKey: 'nav.contacts',
  async render(root, context) {
    await renderSettings(root, context, (form) => {
      const names = form.draft.before(['admin_contacts'])
      return [
        Array.isArray(names) && names.length === 0 && notice('warn', t('contacts.none')),
        settingsCard(
          form,
          t('contacts.who'),
          [['admin_contacts'], ['admin_contacts_for_domains'], ['admin_contacts_max_per_minute']],
          { intro: t('contacts.intro') },
        ),
      ]
    })
  },
}
