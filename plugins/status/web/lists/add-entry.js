// @ts-check
import { toast } from '../components/toast.js'
import { writeEntry } from '../forms/list-entry.js'
import { t } from '../texts.js'
import { arrayOf, isSame, placedEntries } from './entries.js'

/**
 * Whether the draft has the list in that section.
 *
 * @param {import('../draft.js').Draft} draft
 * @param {import('./entries.js').Section} section
 * @param {Pick<import('./entries.js').ListEntry, 'by' | 'name'>} wanted
 */
export const isInUse = (draft, section, wanted) =>
  placedEntries(draft, section).some(
    ({ provider, entry, index }) =>
      provider === 'custom' && index >= 0 && isSame(entry, { ...wanted, options: {} }),
  )

/**
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {import('./entries.js').Section} section
 * @param {import('./entries.js').ListEntry} entry
 * @param {string} name For people.
 */
export function addEntry({ draft, checkSoon }, section, entry, name) {
  draft.edit([section, 'custom'], [...arrayOf(draft, section, 'custom'), writeEntry(entry)])
  toast(t('lists.added', { name }), 'good')
  checkSoon()
}
