// @ts-check
import { card } from '../components/card.js'
import { h } from '../dom.js'
import { modelAt } from './model.js'
import { setting } from './setting.js'
import { nameOf } from './words.js'

/**
 * A card with settings of the schema, one below the other.
 *
 * @param {import('./settings-page.js').SettingsPage} page
 * @param {string} title
 * @param {readonly import('./values.js').Path[]} paths
 * @param {{ intro?: import('../dom.js').Child, before?: import('../dom.js').Child, after?: import('../dom.js').Child }} [parts]
 */
export const settingsCard = (page, title, paths, { intro, before, after } = {}) =>
  card(title, [
    intro && h('p', { class: 'card-intro soft' }, intro),
    before,
    h(
      'div',
      { class: 'settings-grid' },
      // A card with one setting of the same name has said it.
      paths
        .filter((path) => modelAt(page.draft.model(), path))
        .map((path) => setting(page, path, { isNameHidden: nameOf(path.map(String)) === title })),
    ),
    after,
  ])
