// @ts-check
import { h, uniqueId } from '../dom.js'

/**
 * A part of a page with its own heading.
 *
 * @param {import('../dom.js').Child} title
 * @param {import('../dom.js').Child} content
 * @param {{ actions?: import('../dom.js').Child, class?: string }} [options]
 */
export function card(title, content, { actions, class: name = '' } = {}) {
  const id = uniqueId('card')
  return h(
    'section',
    { class: `card ${name}`.trim(), 'aria-labelledby': id },
    h(
      'div',
      { class: 'card-head' },
      h('h2', { id }, title),
      actions && h('div', { class: 'card-actions' }, actions),
    ),
    h('div', { class: 'card-body' }, content),
  )
}
