// @ts-check
import { h, uniqueId } from '../dom.js'
import { t } from '../texts.js'

/**
 * A control with its name, what it does, its default and bounds, and what is wrong with it.
 *
 * @typedef {import('./editor.js').Problem} Problem
 * @typedef {HTMLElement & { setProblems(problems: readonly Problem[]): void }} Frame
 *
 * @param {object} options
 * @param {string} options.name
 * @param {string} [options.help]
 * @param {string} [options.facts]
 * @param {import('./editor.js').Editor} options.editor
 * @param {import('../dom.js').Child} [options.tail] Beside the name.
 * @param {import('../dom.js').Child} [options.more] Below the control.
 * @param {boolean} [options.isNameHidden] It is only read out.
 * @returns {Frame}
 */
export function frame({ name, help = '', facts = '', editor, tail, more, isNameHidden = false }) {
  const { control, element: body } = editor
  const target = control ?? body
  target.id ||= uniqueId('setting')
  const nameId = `${target.id}-name`
  const hintId = `${target.id}-hint`
  const error = h('p', { class: 'field-error', id: `${target.id}-error`, hidden: true })
  const hint =
    help + facts !== '' &&
    h(
      'p',
      { class: 'field-hint', id: hintId },
      help,
      help !== '' && facts !== '' && ' ',
      facts !== '' && h('span', { class: 'field-facts' }, facts),
    )
  const label = control
    ? h('label', { for: control.id, id: nameId, class: isNameHidden && 'visually-hidden' }, name)
    : h('span', { class: isNameHidden ? 'visually-hidden' : 'field-name', id: nameId }, name)
  if (!control) {
    body.setAttribute('role', 'group')
    body.setAttribute('aria-labelledby', nameId)
  }
  const isSwitch = control instanceof HTMLInputElement && control.type === 'checkbox'
  const element = h(
    'div',
    { class: `field setting ${isSwitch ? 'field-box' : ''}`.trim() },
    isSwitch
      ? [h('div', { class: 'field-line' }, control, label, tail), hint]
      : [
          isNameHidden ? [label, tail] : h('div', { class: 'field-line' }, label, tail),
          control ? [body, hint] : [hint, body],
        ],
    more,
    error,
  )
  const describe = () => {
    const ids = [hint ? hintId : '', error.hidden ? '' : error.id].filter((id) => id !== '')
    if (ids.length === 0) target.removeAttribute('aria-describedby')
    else target.setAttribute('aria-describedby', ids.join(' '))
  }
  describe()
  return Object.assign(element, {
    /** @param {readonly Problem[]} problems */
    setProblems(problems) {
      const own = problems.filter(({ path }) => path.length === 0)
      const below = problems.filter(({ path }) => path.length > 0)
      const left = editor.showProblems ? editor.showProblems(below) : below
      const texts = [...own, ...left].map(problemText)
      error.hidden = texts.length === 0
      error.replaceChildren(...texts.flatMap((text, at) => (at === 0 ? [text] : [h('br'), text])))
      if (texts.length === 0) target.removeAttribute('aria-invalid')
      else target.setAttribute('aria-invalid', 'true')
      describe()
    },
  })
}

/** @param {Problem} problem */
function problemText({ path: [step, ...rest], message }) {
  if (typeof step === 'number') return t('form.line', { n: step + 1, message })
  return step === undefined ? message : `${[step, ...rest].join('.')}: ${message}`
}
