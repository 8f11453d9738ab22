// @ts-check
import { h } from '../dom.js'

/**
 * @typedef {'good' | 'bad' | 'warn' | 'info' | 'plain'} Tone
 *
 * A word with a colour; the word alone says it all.
 *
 * @param {import('../dom.js').Child} text
 * @param {Tone} [tone]
 */
export const badge = (text, tone = 'plain') => h('span', { class: `badge badge-${tone}` }, text)
