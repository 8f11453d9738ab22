// @ts-check
import { h } from '../dom.js'

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: Row) => import('../dom.js').Child} cell
 * @property {boolean} [isNumber] Right-aligned, figures of one width.
 * @property {boolean} [isHead] Names the row.
 * @property {boolean} [isTitleHidden] For a column of buttons: the title is only read out.
 * @property {string} [class]
 */

/**
 * A table that becomes a stack of cards on a narrow screen. The roles are written out, because a browser forgets
 * them when CSS changes `display`.
 *
 * @template Row
 * @param {object} options
 * @param {string} options.caption Says what the table holds; only read out unless `isCaptionShown`.
 * @param {boolean} [options.isCaptionShown]
 * @param {readonly Column<Row>[]} options.columns
 * @param {readonly Row[]} options.rows
 * @param {boolean} [options.isMostlyNumbers] On a narrow screen, several cells stand side by side.
 * @param {(row: Row) => Record<string, any>} [options.rowAttributes]
 */
export function table({
  caption,
  isCaptionShown = false,
  columns,
  rows,
  isMostlyNumbers = false,
  rowAttributes,
}) {
  return h(
    'table',
    { class: isMostlyNumbers ? 'table table-numbers' : 'table', role: 'table' },
    h('caption', { class: isCaptionShown ? undefined : 'visually-hidden' }, caption),
    h(
      'thead',
      { role: 'rowgroup' },
      h(
        'tr',
        { role: 'row' },
        columns.map(({ title, isNumber, isTitleHidden }) =>
          h(
            'th',
            { scope: 'col', role: 'columnheader', class: isNumber && 'number' },
            isTitleHidden ? h('span', { class: 'visually-hidden' }, title) : title,
          ),
        ),
      ),
    ),
    h(
      'tbody',
      { role: 'rowgroup' },
      rows.map((row) => tableRow(columns, row, rowAttributes?.(row))),
    ),
  )
}

/**
 * One row, for tables that grow.
 *
 * @template Row
 * @param {readonly Column<Row>[]} columns
 * @param {Row} row
 * @param {Record<string, any>} [attributes]
 */
export function tableRow(columns, row, attributes = {}) {
  return h(
    'tr',
    { role: 'row', ...attributes },
    columns.map(({ title, cell, isNumber, isHead, isTitleHidden, class: name }) => {
      const names = [isNumber ? 'number' : '', name ?? ''].filter((each) => each !== '').join(' ')
      const attributes = { class: names || undefined, data: { label: isTitleHidden ? undefined : title } }
      return isHead
        ? h('th', { ...attributes, scope: 'row', role: 'rowheader' }, cell(row))
        : h('td', { ...attributes, role: 'cell' }, cell(row))
    }),
  )
}
