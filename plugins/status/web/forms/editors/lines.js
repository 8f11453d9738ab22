// @ts-check
import { h } from '../../dom.js'
import { parseNumber } from '../units.js'

/**
 * Simple values, one a line: quick to type, to paste and to put in order.
 *
 * @param {import('../model.js').LinesModel} model
 * @param {import('../editor.js').EditorOptions} options
 * @returns {import('../editor.js').Editor}
 */
export function linesEditor({ item, isBareAllowed }, { value, isLocked, onChange }) {
  const control = h('textarea', {
    class: 'lines',
    autocapitalize: 'none',
    spellcheck: 'false',
    disabled: isLocked,
    on: {
      input: () => {
        grow()
        onChange(read(), false)
      },
      change: () => onChange(read(), true),
    },
  })
  function read() {
    const lines = control.value
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => (item.kind === 'number' ? (parseNumber(line) ?? line) : line))
    return isBareAllowed && lines.length < 2 ? (lines[0] ?? '') : lines
  }
  function grow() {
    control.rows = Math.min(12, Math.max(2, control.value.split('\n').length))
  }
  const show = (/** @type {unknown} */ next) => {
    const lines = Array.isArray(next) ? next : next === undefined || next === '' ? [] : [next]
    control.value = lines.map(String).join('\n')
    grow()
  }
  show(value)
  return { element: control, control, show }
}
