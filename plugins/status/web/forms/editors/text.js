// @ts-check
import { h } from '../../dom.js'

/**
 * @param {import('../model.js').TextModel} model
 * @param {import('../editor.js').EditorOptions} options
 * @returns {import('../editor.js').Editor}
 */
export function textEditor({ maxLength, isRequired, standard }, { value, isLocked, onChange }) {
  // Without a default an empty text would be an error, and leaving it out is not.
  const read = () =>
    control.value === '' && !isRequired && standard === undefined ? undefined : control.value
  const control = h('input', {
    type: 'text',
    autocapitalize: 'none',
    autocomplete: 'off',
    spellcheck: 'false',
    maxlength: maxLength === undefined ? undefined : maxLength * 2,
    disabled: isLocked,
    on: { input: () => onChange(read(), false), change: () => onChange(read(), true) },
  })
  const show = (/** @type {unknown} */ next) => {
    control.value = next === undefined || next === null ? '' : String(next)
  }
  show(value)
  return { element: control, control, show }
}
