// @ts-check
import { h } from '../dom.js'
import { icon as iconOf } from '../icons.js'
import { toastFailure } from './toast.js'

/**
 * While what it started goes on, the button says so and cannot be pressed; failures are shown.
 *
 * @param {import('../dom.js').Child} label
 * @param {(event: MouseEvent) => unknown} work May return a promise.
 * @param {{ kind?: 'primary' | 'danger' | 'quiet' | 'plain', icon?: import('../icons.js').IconName, disabled?: boolean, title?: string, label?: string }} [options] label: for screen readers, where the text alone does not say what it is about
 */
export function button(label, work, { kind = 'plain', icon, disabled = false, title, label: name } = {}) {
  const element = h(
    'button',
    {
      type: 'button',
      class: `button button-${kind}`,
      disabled,
      title,
      'aria-label': name,
      on: {
        click: async (/** @type {MouseEvent} */ event) => {
          if (element.getAttribute('aria-busy') === 'true') return
          try {
            const going = work(event)
            if (!(going instanceof Promise)) return
            element.setAttribute('aria-busy', 'true')
            await going
          } catch (error) {
            toastFailure(error)
          } finally {
            element.removeAttribute('aria-busy')
          }
        },
      },
    },
    icon && iconOf(icon),
    label,
  )
  return element
}
