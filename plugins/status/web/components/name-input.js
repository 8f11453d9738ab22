// @ts-check
import { h } from '../dom.js'

/** For a domain, zone or file: nothing that a browser should mend. @param {() => void} onEnter */
export const nameInput = (onEnter) =>
  h('input', {
    type: 'text',
    autocapitalize: 'none',
    autocomplete: 'off',
    spellcheck: 'false',
    on: {
      keydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key === 'Enter') onEnter()
      },
    },
  })
