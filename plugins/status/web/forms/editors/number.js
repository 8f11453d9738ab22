// @ts-check
import { h } from '../../dom.js'
import { t } from '../../texts.js'
import { parseNumber, parseSize, roundTime, sizeText } from '../units.js'
import { timeText } from '../words.js'

/**
 * A text field and not a number field: those change by the wheel of a mouse, and take no units.
 *
 * @param {import('../model.js').NumberModel} model
 * @param {import('../editor.js').EditorOptions} options
 * @returns {import('../editor.js').Editor}
 */
export function numberEditor({ unit, isRequired, standard }, { value, isLocked, onChange }) {
  const isSize = unit === 'bytes'
  const control = h('input', {
    type: 'text',
    class: 'number-input',
    inputmode: isSize ? 'text' : 'decimal',
    autocomplete: 'off',
    placeholder: isSize && '25 MiB',
    disabled: isLocked,
    on: { input: () => changed(false), change: () => changed(true) },
  })
  const inWords = h('span', { class: 'number-words' })

  /** What is no number is kept as it was typed, for the fault to speak of. */
  function read() {
    if (control.value.trim() === '') return isRequired || standard !== undefined ? '' : undefined
    return (isSize ? parseSize : parseNumber)(control.value) ?? control.value
  }
  /** @param {boolean} isFinal */
  function changed(isFinal) {
    const next = read()
    explain(next)
    onChange(next, isFinal)
  }
  /** @param {unknown} next */
  function explain(next) {
    const [count, name] = roundTime(unit === 'seconds' && typeof next === 'number' ? next : 0)
    const words = name === 'second' ? '' : `= ${timeText(count, name)}`
    inWords.textContent = [unit === undefined || isSize ? '' : t(`form.unit_${unit}`), words]
      .filter((part) => part !== '')
      .join(' ')
  }
  const show = (/** @type {unknown} */ next) => {
    control.value = typeof next === 'number' ? (isSize ? sizeText(next) : String(next)) : String(next ?? '')
    explain(next)
  }
  show(value)
  return { element: h('span', { class: 'number-field' }, control, inWords), control, show }
}
