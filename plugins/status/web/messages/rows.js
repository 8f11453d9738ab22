// @ts-check
import { outcomeBadge } from '../components/outcome.js'
import { table, tableRow } from '../components/table.js'
import { h } from '../dom.js'
import { formatShortTime, formatTime } from '../format.js'
import { linkTo } from '../router.js'
import { t } from '../texts.js'
import { bouncePath, clientText, reason, recipientText, senderText } from './words.js'

/** @typedef {import('../types').StoredRecord} StoredRecord */

/** More rows than anybody reads; the oldest give way to what comes live. */
const MAX_ROWS = 500

/**
 * A table of messages that grows at both ends.
 *
 * @param {readonly StoredRecord[]} records Newest first.
 * @param {import('./filters.js').Filters} filters Kept in the address of a message, for the way back.
 */
export function messageRows(records, filters) {
  const columns = columnsFor(filters)
  const element = table({ caption: t('messages.caption'), columns, rows: records, rowAttributes: marks })
  element.classList.add('messages')
  const body = /** @type {HTMLTableSectionElement} */ (element.tBodies[0])
  /** What each row shows. @type {Map<string, string>} */
  const shown = new Map(records.map((record) => [record.id, JSON.stringify(record)]))
  const rowFor = (/** @type {StoredRecord} */ record, isNew = false) => {
    shown.set(record.id, JSON.stringify(record))
    return tableRow(columns, record, { ...marks(record), class: isNew && 'is-new' })
  }
  return {
    element,
    /** @param {string} id */
    has: (id) => shown.has(id),
    count: () => shown.size,
    /** @param {readonly StoredRecord[]} fresh */
    prepend(fresh) {
      body.prepend(...fresh.map((record) => rowFor(record, true)))
      while (body.rows.length > MAX_ROWS) {
        const last = body.rows[body.rows.length - 1]
        shown.delete(last?.dataset.id ?? '')
        last?.remove()
      }
    },
    /** @param {readonly StoredRecord[]} older */
    append(older) {
      const rows = older.map((record) => rowFor(record))
      body.append(...rows)
      rows[0]?.querySelector('a')?.focus()
    },
    /** Draws a row again if it says something else by now. @param {StoredRecord} record */
    update(record) {
      if (shown.get(record.id) === JSON.stringify(record)) return
      const row = body.querySelector(`[data-id="${CSS.escape(record.id)}"]`)
      const isFocused = row?.contains(document.activeElement)
      const next = rowFor(record)
      row?.replaceWith(next)
      if (isFocused) next.querySelector('a')?.focus()
    },
    focus: () => body.querySelector('a')?.focus(),
  }
}

/** @param {StoredRecord} record */
const marks = ({ id }) => ({ data: { id } })

/**
 * @param {import('./filters.js').Filters} filters
 * @returns {readonly import('../components/table.js').Column<StoredRecord>[]}
 */
const columnsFor = (filters) => [
  {
    title: t('messages.time'),
    isHead: true,
    class: 'cell-time',
    cell: ({ id, time }) =>
      h(
        'a',
        {
          href: linkTo(`messages/${encodeURIComponent(id)}`, filters),
          class: 'row-link',
          title: formatTime(time),
        },
        h('time', { datetime: new Date(time).toISOString() }, formatShortTime(time)),
      ),
  },
  {
    title: t('messages.outcome'),
    class: 'cell-outcome',
    cell: (record) => {
      const later = bouncePath(record)
      return [outcomeBadge(record.outcome), later && [' ', outcomeBadge(later)]]
    },
  },
  { title: t('messages.from'), class: 'cell-address', cell: (record) => senderText(record) },
  { title: t('messages.to'), class: 'cell-address', cell: (record) => recipientText(record) },
  ...(filters.nodes === undefined
    ? []
    : [{ title: t('messages.gateway'), cell: (/** @type {StoredRecord} */ { node }) => node ?? '' }]),
  { title: t('messages.client'), class: 'cell-client', cell: ({ client }) => clientText(client) },
  { title: t('messages.why'), class: 'cell-why', cell: (record) => reason(record) },
]
