// @ts-check
import { h, uniqueId } from '../../dom.js'
import { optionText } from '../words.js'

/**
 * @param {import('../model.js').ChoicesModel} model
 * @param {import('../editor.js').EditorOptions} options
 * @returns {import('../editor.js').Editor}
 */
export function choicesEditor({ options }, { path, value, isLocked, onChange }) {
  const boxes = options.map((option) =>
    h('input', {
      type: 'checkbox',
      value: option,
      id: uniqueId('choice'),
      disabled: isLocked,
      on: {
        change: () => {
          const chosen = boxes.filter((box) => box.checked).map((box) => box.value)
          onChange(chosen, true)
        },
      },
    }),
  )
  const show = (/** @type {unknown} */ next) => {
    const chosen = Array.isArray(next) ? next : []
    for (const box of boxes) box.checked = chosen.includes(box.value)
  }
  show(value)
  const element = h(
    'div',
    { class: 'choices' },
    boxes.map((box, at) =>
      h('label', { class: 'choices-option', for: box.id }, box, optionText(path, options[at] ?? '')),
    ),
  )
  return { element, show }
}
