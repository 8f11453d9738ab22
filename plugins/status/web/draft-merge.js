// @ts-check
import { button } from './components/button.js'
import { openDialog } from './components/dialog.js'
import { h, uniqueId } from './dom.js'
import { placeText } from './draft-words.js'
import { meetings } from './forms/changes.js'
import { diffView } from './forms/diff.js'
import { modelAt, withDefaults } from './forms/model.js'
import { textPath } from './forms/text-path.js'
import { valueText } from './forms/words.js'
import { t } from './texts.js'

/** @typedef {import('./forms/changes.js').Meeting} Meeting */

/**
 * Somebody changed the settings meanwhile: puts my changes onto theirs, and has me choose where both touched the same.
 *
 * @param {import('./draft.js').Draft} draft
 * @param {import('./draft.js').Conflict} conflict
 * @returns {Promise<boolean>} Whether it was done.
 */
export async function mergeDraft(draft, { current, theirs, mine, merged = [] }) {
  const inForce = withDefaults(draft.model(), current.written)
  const all = meetings(inForce, draft.changes(), merged)
  const count = (/** @type {Meeting['kind']} */ kind) => all.filter((meeting) => meeting.kind === kind).length
  const choices = all
    .filter(({ kind }) => kind === 'collides')
    .map((meeting) => ({ meeting, ...choiceOf(draft, meeting) }))

  const kept = await openDialog(
    t('draft.mergeTitle'),
    (/** @type {(result?: readonly import('./draft.js').Change[]) => void} */ close) => ({
      body: [
        h('p', {}, t('draft.mergeText')),
        count('free') > 0 && h('p', {}, t('draft.mergeFree', { count: count('free') })),
        count('same') > 0 && h('p', {}, t('draft.mergeSame', { count: count('same') })),
        choices.map(({ element }) => element),
        diffDetails(t('draft.mergeTheirDiff'), theirs),
        diffDetails(t('draft.mergeMyDiff'), mine),
      ],
      actions: [
        button(t('common.cancel'), () => close()),
        button(
          t('draft.mergeGo'),
          () =>
            close([
              ...all.filter(({ kind }) => kind === 'free').map(({ change }) => change),
              ...choices.filter(({ isMine }) => isMine()).map(({ meeting }) => meeting.change),
            ]),
          { kind: 'primary' },
        ),
      ],
    }),
    { isWide: true },
  )
  if (!kept) return false
  await draft.rebase(current.version, kept)
  return true
}

/** @param {import('./draft.js').Draft} draft @param {Meeting} meeting */
function choiceOf(draft, { change: { path, value }, theirs }) {
  const name = uniqueId('merge')
  const model = modelAt(draft.model(), path)
  const text = (/** @type {unknown} */ each) => valueText(model, each, textPath(draft.model(), path))
  const their = h('input', { type: 'radio', name, id: `${name}-theirs` })
  const my = h('input', { type: 'radio', name, id: `${name}-mine`, checked: true })
  const element = h(
    'fieldset',
    { class: 'merge-choice' },
    h('legend', {}, placeText(draft, path)),
    h('p', { class: 'soft small' }, t('draft.mergeChoose')),
    h('label', { for: their.id }, their, h('span', {}, t('draft.mergeTheirs', { value: text(theirs) }))),
    h('label', { for: my.id }, my, h('span', {}, t('draft.mergeMine', { value: text(value) }))),
  )
  return { element, isMine: () => my.checked }
}

/** @param {string} title @param {string} text */
const diffDetails = (title, text) =>
  text.trim() !== '' && h('details', {}, h('summary', {}, title), diffView(text, title))
