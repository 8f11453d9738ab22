// @ts-check
import { h, uniqueId } from '../dom.js'

/**
 * A form control with its label, what it does, and what is wrong with it.
 *
 * @template {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control
 * @param {object} options
 * @param {import('../dom.js').Child} options.label
 * @param {Control} options.control
 * @param {import('../dom.js').Child} [options.hint]
 * @param {string} [options.class]
 * @returns {HTMLElement & { setError(text: string | undefined): void }}
 */
export function field({ label, control, hint, class: name = '' }) {
  control.id ||= uniqueId('field')
  const hintId = `${control.id}-hint`
  const errorId = `${control.id}-error`
  const error = h('p', { class: 'field-error', id: errorId, hidden: true })
  const describe = () => {
    const ids = [hint ? hintId : '', error.hidden ? '' : errorId].filter((id) => id !== '')
    if (ids.length === 0) control.removeAttribute('aria-describedby')
    else control.setAttribute('aria-describedby', ids.join(' '))
  }
  const isBox = control instanceof HTMLInputElement && ['checkbox', 'radio'].includes(control.type)
  const labelled = h('label', { for: control.id }, label)
  const element = h(
    'div',
    { class: `field ${isBox ? 'field-box' : ''} ${name}`.trim() },
    isBox ? h('div', { class: 'field-line' }, control, labelled) : [labelled, control],
    hint && h('p', { class: 'field-hint', id: hintId }, hint),
    error,
  )
  describe()
  return Object.assign(element, {
    /** @param {string | undefined} text */
    setError(text) {
      error.hidden = text === undefined
      error.textContent = text ?? ''
      if (text === undefined) control.removeAttribute('aria-invalid')
      else control.setAttribute('aria-invalid', 'true')
      describe()
    },
  })
}
