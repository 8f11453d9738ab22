// @ts-check
import { h } from '../dom.js'

/** A unified diff; signs and colours say the same. @param {string} text @param {string} label */
export const diffView = (text, label) =>
  h(
    'pre',
    { class: 'diff', tabindex: 0, role: 'region', 'aria-label': label },
    text
      .replace(/\n$/, '')
      .split('\n')
      .filter((line) => !/^(?:---|\+\+\+) /.test(line))
      .map((line) => h('span', { class: `diff-line ${kindOf(line)}`.trim() }, line, '\n')),
  )

/** @param {string} line */
function kindOf(line) {
  if (line.startsWith('+')) return 'diff-added'
  if (line.startsWith('-')) return 'diff-removed'
  return line.startsWith('@@') ? 'diff-place' : ''
}
