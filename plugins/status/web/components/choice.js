// @ts-check
import { h, uniqueId } from '../dom.js'

/**
 * A few choices side by side, one of which holds.
 *
 * @template {string} Value
 * @param {object} options
 * @param {string} options.label
 * @param {readonly { value: Value, title: string }[]} options.choices
 * @param {Value} options.chosen
 * @param {(value: Value) => void} options.onChoose
 */
export function choice({ label, choices, chosen, onChoose }) {
  const name = uniqueId('choice')
  return h(
    'fieldset',
    { class: 'choice' },
    h('legend', { class: 'visually-hidden' }, label),
    choices.map(({ value, title }) =>
      h(
        'label',
        {},
        h('input', {
          type: 'radio',
          name,
          value,
          checked: value === chosen,
          on: { change: () => onChoose(value) },
        }),
        h('span', {}, title),
      ),
    ),
  )
}
