// @ts-check
import { button } from './components/button.js'
import { confirmDialog } from './components/dialog.js'
import { h, replace } from './dom.js'
import { reviewDraft } from './draft-review.js'
import { problemsOf } from './forms/problems.js'
import { t } from './texts.js'

/** @type {(() => void) | undefined} */
let stop

/** Below every page while there is something to save. @param {import('./draft.js').Draft} draft */
export function showDraftBar(draft) {
  stop?.()
  document.querySelector('.draft-bar')?.remove()
  const count = h('p', { class: 'draft-count', role: 'status' })
  const more = h('p', { class: 'draft-more' })
  const bar = h(
    'section',
    { class: 'draft-bar', 'aria-label': t('draft.label'), hidden: true },
    h('div', { class: 'draft-text' }, count, more),
    h(
      'div',
      { class: 'draft-actions' },
      button(t('draft.discard'), () => discard(draft)),
      button(t('draft.review'), () => reviewDraft(draft), { kind: 'primary' }),
    ),
  )
  const update = () => {
    const size = draft.size()
    bar.hidden = size === 0
    // Only said when it differs, or a screen reader repeats it with every letter.
    const text = t('draft.count', { count: size })
    if (count.textContent !== text) count.textContent = size === 0 ? '' : text
    const problems = problemsOf(draft).length
    replace(
      more,
      problems > 0 && h('span', { class: 'draft-problems' }, t('draft.problems', { count: problems })),
      draft.isBehind() && h('span', {}, t('draft.behind')),
    )
  }
  stop = draft.onChange(update)
  // Part of the frame, so that it goes with it when somebody has to sign in again.
  document.querySelector('.shell')?.append(bar)
  update()
}

/** @param {import('./draft.js').Draft} draft */
async function discard(draft) {
  const isSure = await confirmDialog({
    title: t('draft.discardTitle'),
    text: t('draft.discardText', { count: draft.size() }),
    confirm: t('draft.discard'),
    isDangerous: true,
  })
  if (isSure) draft.discard()
}
