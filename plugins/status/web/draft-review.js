// @ts-check
import { about } from './forms/about.js'
import { button } from './components/button.js'
import { openDialog } from './components/dialog.js'
import { field } from './components/field.js'
import { notice, skeleton } from './components/state.js'
import { toast } from './components/toast.js'
import { h, replace } from './dom.js'
import { mergeDraft } from './draft-merge.js'
import { changeText, placeText, secretName } from './draft-words.js'
import { diffView } from './forms/diff.js'
import { goToSetting } from './forms/focus.js'
import { problemsOf } from './forms/problems.js'
import { t } from './texts.js'

/** @typedef {import('./draft.js').Draft} Draft */

/**
 * Shows what would change and what the gateway thinks of it, and saves it.
 *
 * @param {Draft} draft
 */
export async function reviewDraft(draft) {
  let note = ''
  for (;;) {
    const outcome = await askReview(draft, note)
    if (outcome === undefined || outcome.kind === 'left') return
    note = outcome.note
    if (outcome.result.kind === 'saved') {
      await tellApplied(outcome.result.answer)
      return
    }
    if (outcome.result.kind === 'conflict' && !(await mergeDraft(draft, outcome.result.answer))) return
  }
}

/**
 * @typedef {{ readonly kind: 'left' } | { readonly kind: 'asked', readonly note: string, readonly result: import('./draft.js').SaveResult }} Outcome
 *
 * @param {Draft} draft
 * @param {string} note
 * @returns {Promise<Outcome | undefined>}
 */
function askReview(draft, note) {
  const life = new AbortController()
  return openDialog(
    t('draft.reviewTitle'),
    (/** @type {(result?: Outcome) => void} */ close) => {
      const verdict = h('div', { class: 'review-verdict' })
      const changes = h('div', {})
      const diff = h('div', {})
      const noteInput = h('input', { type: 'text', maxlength: 200, value: note, autocomplete: 'off' })
      const save = button(
        t('draft.save'),
        async () => {
          const result = await draft.save(noteInput.value.trim())
          if (result.kind === 'invalid') showVerdict([], result.message)
          else close({ kind: 'asked', note: noteInput.value, result })
        },
        { kind: 'primary' },
      )

      /** @param {readonly import('./draft.js').Problem[]} warnings @param {string} [failure] */
      function showVerdict(warnings, failure) {
        const problems = problemsOf(draft)
        save.disabled = problems.length > 0
        replace(
          verdict,
          failure !== undefined && problems.length === 0 && notice('bad', failure),
          problems.length > 0 &&
            problemList(draft, 'bad', failure ?? t('draft.wrong'), problems, (path) => {
              close({ kind: 'left' })
              goToSetting(path)
            }),
          warnings.length > 0 &&
            problemList(draft, 'warn', t('draft.warnings'), warnings, (path) => {
              close({ kind: 'left' })
              goToSetting(path)
            }),
          failure === undefined && problems.length + warnings.length === 0 && notice('good', t('draft.fine')),
        )
      }
      async function look() {
        if (draft.size() === 0) {
          toast(t('draft.nothing'))
          close({ kind: 'left' })
          return
        }
        save.disabled = true
        replace(changes, changeList(draft, look))
        replace(verdict, h('p', { class: 'soft', role: 'status' }, t('draft.checking')))
        replace(diff, skeleton(3))
        const { warnings, diff: text } = await draft.validate(life.signal)
        showVerdict(warnings)
        if (save.disabled) replace(diff)
        else
          replace(
            diff,
            text.trim() === ''
              ? h('p', { class: 'soft' }, t('draft.noDiff'))
              : h(
                  'details',
                  { open: true },
                  h('summary', {}, t('draft.diff')),
                  diffView(text, t('draft.diff')),
                ),
          )
      }
      look().catch((error) => {
        replace(diff)
        replace(verdict, notice('bad', String(error instanceof Error ? error.message : error)))
      })
      return {
        body: [
          verdict,
          changes,
          diff,
          field({ label: t('draft.note'), control: noteInput, hint: t('draft.noteHint') }),
        ],
        actions: [button(t('draft.keepEditing'), () => close({ kind: 'left' })), save],
      }
    },
    { isWide: true },
  ).finally(() => life.abort())
}

/**
 * @param {Draft} draft
 * @param {() => unknown} onUndo
 */
function changeList(draft, onUndo) {
  const undoButton = (/** @type {string} */ name, /** @type {() => void} */ undo) =>
    button(
      t('draft.undo'),
      () => {
        undo()
        return onUndo()
      },
      { kind: 'quiet', label: about(t('draft.undo'), name) },
    )
  const changes = draft.changes().map(({ path, value }) => {
    const name = placeText(draft, path)
    return changeRow(
      name,
      changeText(draft, path, draft.before(path), value),
      undoButton(name, () => draft.undo(path)),
    )
  })
  const secrets = draft.secrets().map(({ path, value }) => {
    const name = secretName(path)
    return changeRow(
      name,
      value === null ? t('draft.secretRemoved') : t('draft.secretSet'),
      undoButton(name, () => draft.undoSecret(path)),
    )
  })
  return h('ul', { class: 'change-list' }, changes, secrets)
}

/**
 * @param {string} name
 * @param {import('./dom.js').Child} text
 * @param {HTMLElement} undo
 */
const changeRow = (name, text, undo) =>
  h(
    'li',
    { class: 'change' },
    h('div', { class: 'change-text' }, h('strong', {}, name), h('span', { class: 'change-values' }, text)),
    undo,
  )

/**
 * @param {Draft} draft
 * @param {'bad' | 'warn'} tone
 * @param {string} title
 * @param {readonly import('./draft.js').Problem[]} problems
 * @param {(path: import('./draft.js').Path) => void} onGo
 */
function problemList(draft, tone, title, problems, onGo) {
  const list = notice(
    tone,
    h('p', {}, title),
    h(
      'ul',
      { class: 'problem-list' },
      problems.map(({ path, message }) =>
        h(
          'li',
          {},
          path.length > 0 && [
            h(
              'button',
              { type: 'button', class: 'link-button', on: { click: () => onGo(path) } },
              placeText(draft, path),
            ),
            ': ',
          ],
          message,
        ),
      ),
    ),
  )
  if (tone === 'bad') list.setAttribute('role', 'alert')
  return list
}

/** @param {import('./draft.js').Applied} answer */
export async function tellApplied({ applied, of: count, fleet }) {
  const failed = applied.filter(({ ok }) => !ok)
  const ok = applied.length - failed.length
  const elsewhere = fleetText(fleet)
  if (ok === count && !elsewhere) {
    toast(t('draft.applied', { ok, count }), 'good')
    return
  }
  await openDialog(t('draft.partTitle'), (close) => ({
    body: [
      h('p', {}, t('draft.applied', { ok, count })),
      failed.length > 0 && h('p', {}, t('draft.partText')),
      h(
        'ul',
        { class: 'problem-list' },
        failed.map(({ pid, role, error = '' }) =>
          h('li', {}, t('draft.process', { pid, role }), ': ', error),
        ),
      ),
      elsewhere,
    ],
    actions: button(t('common.close'), () => close(), { kind: 'primary' }),
  }))
}

/** What the other gateways make of it, where that is not all well. @param {import('./draft.js').Applied['fleet']} fleet */
function fleetText(fleet) {
  if (!fleet) return undefined
  if (fleet.kind === 'not shared') return h('p', {}, t('draft.fleetAlone', { reason: fleet.reason ?? '' }))
  const failed = (fleet.nodes ?? []).filter(({ fault }) => fault !== undefined)
  if (failed.length === 0) return undefined
  return [
    h('p', {}, t('draft.fleetPart')),
    h(
      'ul',
      { class: 'problem-list' },
      failed.map(({ node, fault = '' }) => h('li', {}, node, ': ', fault)),
    ),
  ]
}
