// @ts-check
import { api, ApiFailure } from '../api.js'
import { button } from '../components/button.js'
import { confirmDialog } from '../components/dialog.js'
import { field } from '../components/field.js'
import { notice } from '../components/state.js'
import { h, replace } from '../dom.js'
import { tellApplied } from '../draft-review.js'
import { goToLine } from '../forms/go-to-line.js'
import { formatPath } from '../forms/path-text.js'
import { t } from '../texts.js'

/** @typedef {{ readonly path: import('../forms/values.js').Path, readonly message: string, readonly line?: number }} FileError */

/**
 * gateway.yaml as text, for what forms do not reach: comments, order, anchors.
 *
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {import('../types').PageContext} context
 */
export function fileEditor(form, context) {
  const place = h('div', { class: 'stack' })
  const close = () => {
    context.guardLeave(undefined)
    replace(
      place,
      h('p', { class: 'soft' }, t('advanced.textIntro')),
      h(
        'div',
        {},
        button(t('advanced.open'), async () => {
          const file = await api.get('/settings/text', { signal: context.signal })
          open(file)
        }),
      ),
    )
  }
  /** @param {{ version: string, text: string }} file */
  function open(file) {
    const control = h('textarea', {
      class: 'code-editor',
      rows: 30,
      spellcheck: 'false',
      wrap: 'off',
      value: file.text,
    })
    const note = h('input', { type: 'text', maxlength: 200, autocomplete: 'off' })
    const verdict = h('div', {})
    const isChanged = () => control.value !== file.text
    control.addEventListener('input', () => {
      context.guardLeave(isChanged() ? askLeave : undefined)
    })
    const save = async () => {
      if (form.draft.size() > 0) {
        replace(verdict, notice('warn', t('advanced.textDraft')))
        return
      }
      replace(verdict)
      try {
        const answer = await api.put(
          '/settings/text',
          { text: control.value, ...(note.value.trim() === '' ? {} : { note: note.value.trim() }) },
          { headers: { 'If-Match': `"${file.version}"` } },
        )
        close()
        await form.draft.load()
        await tellApplied(answer)
      } catch (error) {
        if (!(error instanceof ApiFailure)) throw error
        replace(verdict, failureView(error, control))
      }
    }
    replace(
      place,
      field({ label: t('advanced.textLabel'), control }),
      verdict,
      field({ label: t('advanced.note'), control: note }),
      h(
        'div',
        { class: 'row' },
        button(t('advanced.save'), save, { kind: 'primary' }),
        button(t('common.cancel'), async () => {
          if (!isChanged() || (await askLeave())) close()
        }),
      ),
    )
    control.focus()
    control.setSelectionRange(0, 0)
    control.scrollTop = 0
  }
  close()
  return place
}

const askLeave = () =>
  confirmDialog({
    title: t('advanced.leaveTitle'),
    text: t('advanced.leaveText'),
    confirm: t('advanced.leave'),
    isDangerous: true,
  })

/** @param {ApiFailure} error @param {HTMLTextAreaElement} control */
function failureView(error, control) {
  if (error.status === 409) return notice('warn', t('advanced.conflict'))
  /** @type {readonly FileError[]} */
  const errors = error.errors
  const box = notice(
    'bad',
    h('p', {}, t('advanced.wrong')),
    errors.length === 0
      ? error.message
      : h(
          'ul',
          { class: 'problem-list' },
          errors.map(({ path, message, line }) => {
            const text = path.length === 0 ? message : `${formatPath(path)}: ${message}`
            return h(
              'li',
              {},
              line === undefined
                ? text
                : h(
                    'button',
                    { type: 'button', class: 'link-button', on: { click: () => goToLine(control, line) } },
                    t('advanced.line', { line, message: text }),
                  ),
            )
          }),
        ),
  )
  box.setAttribute('role', 'alert')
  return box
}
