// @ts-check
import { api } from '../api.js'
import { button } from '../components/button.js'
import { outcomeBadge } from '../components/outcome.js'
import { emptyState, failureState, skeleton } from '../components/state.js'
import { table, tableRow } from '../components/table.js'
import { h, replace } from '../dom.js'
import { coalesce } from '../events.js'
import { formatShortTime, formatTime } from '../format.js'
import { linkTo } from '../router.js'
import { t } from '../texts.js'
import { apiQuery } from './filters.js'
import { bouncePath, clientText, reason, recipientText, senderText } from './words.js'

const PAGE = 50
/** More rows than anybody reads; the oldest give way to what comes live. */
const MAX_LIVE_ROWS = 500
const LIVE_MS = 700

/** @typedef {import('../types').StoredRecord} StoredRecord */

/**
 * The messages that match, newest first. New ones come in at the top, unless the reader is further down: then
 * a button tells how many wait.
 *
 * @param {object} options
 * @param {import('./filters.js').Filters} options.filters
 * @param {import('../types').PageContext} options.context
 * @param {AbortSignal} options.signal
 * @param {() => void} options.onClearFilters
 */
export function messageList({ filters, context, signal, onClearFilters }) {
  const element = h('div', { class: 'message-list' }, skeleton(8))
  const said = h('p', { class: 'visually-hidden', role: 'status' })
  /** @type {StoredRecord[]} */
  let records = []
  /** @type {string | undefined} */
  let cursor
  /** @type {StoredRecord[]} */
  let waiting = []
  /** @type {HTMLTableSectionElement | undefined} */
  let body

  const read = async (/** @type {Record<string, string | number | undefined>} */ more) =>
    api.get('/messages', { query: { ...apiQuery(filters), limit: PAGE, ...more }, signal })

  const start = async () => {
    try {
      const first = await read({})
      records = first.records
      cursor = first.cursor
      draw()
    } catch (error) {
      if (!signal.aborted) replace(element, failureState(error, start))
    }
  }

  const draw = () => {
    if (records.length === 0) {
      body = undefined
      replace(element, nothing(filters, onClearFilters))
      return
    }
    const built = table({
      caption: t('messages.caption'),
      columns: columns(filters),
      rows: records,
      rowAttributes: (record) => ({ data: { id: record.id } }),
    })
    built.classList.add('messages')
    body = built.tBodies[0]
    replace(element, waitingButton, h('div', { class: 'card' }, built), moreButton())
  }

  const waitingButton = h('div', { class: 'waiting', hidden: true })
  const showWaiting = () => {
    waitingButton.hidden = waiting.length === 0
    replace(
      waitingButton,
      button(t('messages.newOnes', { count: waiting.length }), () => {
        takeIn()
        scrollTo({ top: 0 })
        body?.querySelector('a')?.focus()
      }),
    )
  }
  const takeIn = () => {
    const fresh = waiting
    waiting = []
    waitingButton.hidden = true
    if (fresh.length === 0) return
    records = [...fresh, ...records].slice(0, Math.max(MAX_LIVE_ROWS, PAGE))
    if (!body) {
      draw()
      return
    }
    body.prepend(
      ...fresh.map((record) =>
        tableRow(columns(filters), record, { class: 'is-new', data: { id: record.id } }),
      ),
    )
    while (body.rows.length > MAX_LIVE_ROWS) body.rows[body.rows.length - 1]?.remove()
  }

  const isReading = () => window.scrollY > 120 || element.contains(document.activeElement)
  const receive = (/** @type {readonly StoredRecord[]} */ fresh) => {
    const known = new Set([...records, ...waiting].map(({ id }) => id))
    const unknown = fresh.filter(({ id }) => !known.has(id))
    if (unknown.length === 0) return
    waiting = [...unknown, ...waiting].toSorted((a, b) => b.time - a.time).slice(0, MAX_LIVE_ROWS)
    said.textContent = t('messages.newOnes', { count: waiting.length })
    if (isReading() && records.length > 0) showWaiting()
    else takeIn()
  }
  const look = coalesce(
    () => {
      read({ limit: PAGE }).then(
        (answer) => receive(answer.records),
        (error) => !signal.aborted && console.warn(error),
      )
    },
    LIVE_MS,
    signal,
  )

  const moreButton = () => {
    const at = cursor
    if (at === undefined)
      return h('p', { class: 'soft list-end' }, t('messages.end', { count: records.length }))
    const slot = h('p', { class: 'list-end' })
    slot.append(
      button(t('messages.more'), async () => {
        const next = await read({ cursor: at })
        records = [...records, ...next.records]
        cursor = next.cursor
        const rows = next.records.map((/** @type {StoredRecord} */ record) =>
          tableRow(columns(filters), record, { data: { id: record.id } }),
        )
        body?.append(...rows)
        slot.replaceWith(moreButton())
        rows[0]?.querySelector('a')?.focus()
      }),
    )
    return slot
  }

  if (filters.until === undefined) context.on('message', look, signal)
  context.on('delivery', look, signal)
  void start()
  return h('div', {}, said, element)
}

/**
 * @param {import('./filters.js').Filters} filters
 * @returns {readonly import('../components/table.js').Column<StoredRecord>[]}
 */
const columns = (filters) => [
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
  { title: t('messages.outcome'), class: 'cell-outcome', cell: outcomeCell },
  { title: t('messages.from'), class: 'cell-address', cell: (record) => senderText(record) },
  { title: t('messages.to'), class: 'cell-address', cell: (record) => recipientText(record) },
  { title: t('messages.client'), class: 'cell-client', cell: ({ client }) => clientText(client) },
  { title: t('messages.why'), class: 'cell-why', cell: (record) => reason(record) },
]

/** @param {StoredRecord} record */
function outcomeCell(record) {
  const later = bouncePath(record)
  return [outcomeBadge(record.outcome), later && [' ', outcomeBadge(later)]]
}

/**
 * @param {import('./filters.js').Filters} filters
 * @param {() => void} onClear
 */
function nothing(filters, onClear) {
  if (Object.keys(filters).length === 0) {
    return emptyState({
      title: t('messages.noneYet'),
      text: t('messages.noneYetText'),
      action: h('a', { href: linkTo('overview'), class: 'button' }, t('common.toOverview')),
    })
  }
  return emptyState({
    title: t('messages.noneFound'),
    text: t('messages.noneFoundText'),
    action: button(t('messages.removeAll'), onClear),
  })
}
