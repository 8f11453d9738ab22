// @ts-check
import { h, uniqueId } from '../dom.js'
import { icon } from '../icons.js'
import { t } from '../texts.js'
import { button } from './button.js'

/**
 * A modal dialog; Escape and the cross close it. The promise holds what `close` was given, undefined if nothing.
 *
 * @template Result
 * @param {string} title
 * @param {(close: (result?: Result) => void) => { body: import('../dom.js').Child, actions: import('../dom.js').Child }} fill
 * @param {{ isWide?: boolean }} [options]
 * @returns {Promise<Result | undefined>}
 */
export function openDialog(title, fill, { isWide = false } = {}) {
  return new Promise((resolve) => {
    /** @type {Result | undefined} */
    let result
    /** @param {Result} [given] */
    const close = (given) => {
      result = given
      dialog.close()
    }
    const { body, actions } = fill(close)
    const titleId = uniqueId('dialog')
    const dialog = h(
      'dialog',
      {
        class: isWide ? 'dialog dialog-wide' : 'dialog',
        'aria-labelledby': titleId,
        on: {
          close: () => {
            dialog.remove()
            resolve(result)
          },
        },
      },
      h(
        'div',
        { class: 'dialog-head' },
        h('h2', { id: titleId }, title),
        h(
          'button',
          {
            type: 'button',
            class: 'icon-button',
            'aria-label': t('common.close'),
            on: { click: () => close() },
          },
          icon('close'),
        ),
      ),
      h('div', { class: 'dialog-body' }, body),
      h('div', { class: 'dialog-actions' }, actions),
    )
    document.body.append(dialog)
    dialog.showModal()
  })
}

/**
 * @param {{ title: string, text: import('../dom.js').Child, confirm: string, isDangerous?: boolean }} options
 * @returns {Promise<boolean>}
 */
export async function confirmDialog({ title, text, confirm, isDangerous = false }) {
  const answer = await openDialog(title, (/** @type {(result?: boolean) => void} */ close) => ({
    body: h('p', {}, text),
    actions: [
      button(t('common.cancel'), () => close(false)),
      button(confirm, () => close(true), { kind: isDangerous ? 'danger' : 'primary' }),
    ],
  }))
  return answer === true
}
