// @ts-check
import { h } from '../dom.js'
import { settingsCard } from '../forms/cards.js'
import { secretSetting } from '../forms/secret.js'
import { renderSettings } from '../forms/settings-page.js'
import { markPreview } from '../mark-from/preview.js'
import { t, useTexts } from '../texts.js'
import { markFrom } from '../texts/mark-from.js'

useTexts(markFrom)

/** @param {...string} keys */
const paths = (...keys) => keys.map((key) => ['mark_from', key])

/** @type {import('../types').Page} */
export const page = {
  path: 'mark-from',
  titleKey: 'nav.markFrom',
  async render(root, context) {
    await renderSettings(root, context, (form) => [
      settingsCard(
        form,
        t('mark-from.what'),
        paths('enabled', 'tag_only', 'alignment', 'template', 'keep_original'),
        { intro: t('mark-from.intro') },
      ),
      markPreview(context, form),
      settingsCard(
        form,
        t('mark-from.exceptions'),
        paths('domains', 'allow', 'own_domains', 'extra_suffixes'),
      ),
      settingsCard(form, t('mark-from.odd'), paths('null_sender', 'multiple_from', 'missing_from')),
      settingsCard(form, t('mark-from.seal'), [['arc']], { after: sealKey(form) }),
    ])
  },
}

/** A seal without a key, or a key without a seal, is no good. @param {import('../forms/settings-page.js').SettingsPage} form */
function sealKey(form) {
  const path = ['arc', 'key']
  const place = h('div', {}, secretSetting(form, path, { name: t('mark-from.sealKey'), isMultiline: true }))
  const update = () => {
    const isUsed = form.draft.value(['arc']) !== undefined
    place.hidden = !isUsed && !form.draft.secretState(path).isSet
  }
  form.onChange(update)
  update()
  return place
}
