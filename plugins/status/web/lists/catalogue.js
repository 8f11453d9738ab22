// @ts-check
import { about } from '../forms/about.js'
import { api } from '../api.js'
import { badge } from '../components/badge.js'
import { button } from '../components/button.js'
import { card } from '../components/card.js'
import { h, replace } from '../dom.js'
import { nameOf } from '../forms/words.js'
import { t } from '../texts.js'
import { addEntry, isInUse } from './add-entry.js'
import { sections } from './entries.js'
import { termsBadge } from './list-facts.js'

/**
 * @typedef {object} KnownList
 * @property {string} [zone]
 * @property {string} name
 * @property {import('../types').ListKind} kind
 * @property {string} description
 * @property {'free' | 'free-low-volume' | 'commercial'} terms
 * @property {string} [lookupUrl]
 * @property {boolean} recommended
 */

/**
 * Lists that anybody may ask: the recommended ones first, the others one click away.
 *
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {import('./entries.js').Section | undefined} only
 * @param {AbortSignal} signal
 */
export async function knownLists(form, only, signal) {
  /** @type {readonly KnownList[]} */
  const catalogue = await api.get('/lists/catalogue', { signal })
  const open = catalogue.filter(({ zone }) => zone !== undefined)
  return card(t('lists.known'), [
    h('p', { class: 'soft card-intro' }, t('lists.knownIntro')),
    sections
      .filter((section) => only === undefined || section === only)
      .map((section) =>
        kindList(
          form,
          section,
          open.filter(({ kind }) => `${kind}s` === section),
        ),
      ),
  ])
}

/**
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {import('./entries.js').Section} section
 * @param {readonly KnownList[]} lists
 */
function kindList(form, section, lists) {
  const place = h('ul', { class: 'known-list' })
  let isAll = !lists.some(({ recommended }) => recommended)
  const more = button(t('lists.all', { count: lists.length }), () => {
    isAll = true
    update()
  })
  function update() {
    more.hidden = isAll || lists.every(({ recommended }) => recommended)
    replace(
      place,
      lists.filter(({ recommended }) => isAll || recommended).map((list) => knownRow(form, section, list)),
    )
  }
  form.onChange(update)
  update()
  return h('div', { class: 'known-kind' }, h('h3', {}, nameOf([section])), place, more)
}

/**
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {import('./entries.js').Section} section
 * @param {KnownList} list
 */
function knownRow(form, section, { zone = '', name, description, terms, recommended }) {
  return h(
    'li',
    { class: 'known' },
    h(
      'div',
      { class: 'known-text' },
      h('p', {}, h('strong', {}, name), ' ', h('code', { class: 'soft' }, zone)),
      h('p', { class: 'soft small', lang: 'en' }, description),
      h('p', { class: 'row' }, termsBadge(terms), recommended && badge(t('lists.recommended'), 'info')),
    ),
    isInUse(form.draft, section, { by: 'zone', name: zone })
      ? h('span', { class: 'soft' }, t('lists.isThere'))
      : form.canEdit &&
          button(
            t('lists.add'),
            () => addEntry(form, section, { by: 'zone', name: zone, options: {} }, name),
            {
              label: about(t('lists.add'), `${name}, ${nameOf([section])}`),
            },
          ),
  )
}
