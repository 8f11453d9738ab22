// @ts-check
import { h } from '../../dom.js'

/** @param {import('../editor.js').EditorOptions} options @returns {import('../editor.js').Editor} */
export function booleanEditor({ value, isLocked, onChange }) {
  const control = h('input', {
    type: 'checkbox',
    class: 'switch',
    disabled: isLocked,
    on: { change: () => onChange(control.checked, true) },
  })
  const show = (/** @type {unknown} */ next) => {
    control.checked = next === true
  }
  show(value)
  return { element: control, control, show }
}
