// @ts-check
import { button } from '../components/button.js'
import { card } from '../components/card.js'
import { field } from '../components/field.js'
import { nameInput } from '../components/name-input.js'
import { h } from '../dom.js'
import { nameOf } from '../forms/words.js'
import { t } from '../texts.js'
import { addEntry, isInUse } from './add-entry.js'
import { sections } from './entries.js'

/**
 * A zone that is in no catalogue, or a file.
 *
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {import('./entries.js').Section | undefined} chosen
 */
export function otherList(form, chosen) {
  const section = h(
    'select',
    {},
    sections.map((each) => h('option', { value: each, selected: each === chosen }, nameOf([each]))),
  )
  const by = h(
    'select',
    { on: { change: () => tellHint() } },
    h('option', { value: 'zone' }, t('lists.zone')),
    h('option', { value: 'file' }, t('lists.file')),
  )
  const name = nameInput(() => add())
  const hint = h('span', {})
  const nameField = field({ label: t('lists.source'), control: name, hint })
  const tellHint = () => {
    hint.textContent = by.value === 'zone' ? t('lists.zoneHint') : t('lists.fileHint')
  }
  function add() {
    const wanted = {
      by: by.value === 'file' ? /** @type {const} */ ('file') : /** @type {const} */ ('zone'),
      name: name.value.trim(),
    }
    const place = /** @type {import('./entries.js').Section} */ (section.value)
    const fault =
      wanted.name === ''
        ? t('lists.nameMissing')
        : isInUse(form.draft, place, wanted)
          ? t('lists.nameExists')
          : undefined
    nameField.setError(fault)
    name.focus()
    if (fault !== undefined) return
    addEntry(form, place, { ...wanted, options: {} }, wanted.name)
    name.value = ''
  }
  tellHint()
  return card(t('lists.other'), [
    h('p', { class: 'soft card-intro' }, t('lists.otherIntro')),
    h(
      'div',
      { class: 'add-line' },
      field({ label: t('lists.section'), control: section }),
      field({ label: t('lists.by'), control: by }),
      nameField,
      button(t('lists.add'), add, { kind: 'primary' }),
    ),
  ])
}
