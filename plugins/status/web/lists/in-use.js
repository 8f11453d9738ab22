// @ts-check
import { about } from '../forms/about.js'
import { card } from '../components/card.js'
import { h, replace } from '../dom.js'
import { isEqual } from '../forms/values.js'
import { nameOf } from '../forms/words.js'
import { linkTo } from '../router.js'
import { t } from '../texts.js'
import { placedEntries, sections } from './entries.js'
import { listRow } from './list-row.js'

/**
 * The lists in use, by what they are for.
 *
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {import('./live-lists.js').LiveLists} live
 * @param {AbortSignal} signal
 */
export const listsInUse = (form, live, signal) =>
  h(
    'div',
    { class: 'stack' },
    sections.map((section) =>
      card(
        nameOf([section]),
        [
          h('p', { class: 'soft card-intro' }, t(`lists.intro_${section}`)),
          sectionRows(form, live, section, signal),
        ],
        {
          actions:
            form.canEdit &&
            h(
              'a',
              {
                class: 'button',
                href: linkTo('lists', { tab: 'add', for: section }),
                'aria-label': about(t('lists.addHere'), nameOf([section])),
              },
              t('lists.addHere'),
            ),
        },
      ),
    ),
  )

/**
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {import('./live-lists.js').LiveLists} live
 * @param {import('./entries.js').Section} section
 * @param {AbortSignal} signal
 */
function sectionRows(form, live, section, signal) {
  const place = h('div', { class: 'list-rows' })
  /** @type {readonly ReturnType<typeof listRow>[]} */
  let rows = []
  /** @type {readonly string[]} */
  let shown = []
  /** Rows are drawn anew only when others are there: whoever is typing in one must not lose it. */
  const signature = () =>
    placedEntries(form.draft, section).map(
      ({ provider, entry, index, indexBefore }) =>
        `${provider} ${entry.by} ${entry.name} ${index === -1} ${indexBefore === -1}`,
    )
  function build() {
    shown = signature()
    rows = placedEntries(form.draft, section).map((placed) => listRow(form, live, placed))
    replace(
      place,
      rows.length === 0 && h('p', { class: 'soft' }, t('lists.none')),
      rows.map(({ element }) => element),
    )
  }
  form.onChange(() => {
    if (isEqual(signature(), shown)) for (const row of rows) row.update()
    else build()
  })
  live.onChange(() => {
    for (const row of rows) row.showLive()
  }, signal)
  build()
  return place
}
