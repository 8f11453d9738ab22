// @ts-check
import { card } from '../components/card.js'
import { fileEditor } from '../advanced/file-editor.js'
import { secretName } from '../draft-words.js'
import { settingsCard } from '../forms/cards.js'
import { leavesOf } from '../forms/leaves.js'
import { otherSections } from '../forms/places.js'
import { secretSetting } from '../forms/secret.js'
import { renderSettings } from '../forms/settings-page.js'
import { nameOf } from '../forms/words.js'
import { t, useTexts } from '../texts.js'
import { advanced } from '../texts/advanced.js'

useTexts(advanced)

const redisPassword = ['fleet', 'password']

/**
 * Everything that no page of its own edits, whatever the schema will hold, and the file as it is.
 *
 * @type {import('../types').Page}
 */
export const page = {
  path: 'advanced',
  titleKey: 'nav.advanced',
  async render(root, context) {
    await renderSettings(root, context, (form) => {
      const model = form.draft.model()
      const sections = otherSections(model).map((section) => ({
        section,
        leaves: leavesOf(model, [section]),
      }))
      const grouped = sections.filter(
        ({ section, leaves: [first] }) => first?.[0] === section && first.length > 1,
      )
      const single = sections.filter(({ leaves }) => leaves.every(({ length }) => length === 1))
      return [
        grouped.map(({ section, leaves }) =>
          settingsCard(form, nameOf([section]), leaves, {
            after:
              section === 'fleet' && secretSetting(form, redisPassword, { name: secretName(redisPassword) }),
          }),
        ),
        single.length > 0 &&
          settingsCard(
            form,
            t('advanced.others'),
            single.flatMap(({ leaves }) => leaves),
          ),
        context.canEdit && card(t('advanced.text'), fileEditor(form, context)),
      ]
    })
  },
}
