// @ts-check
import { button } from '../components/button.js'
import { emptyState, failureState, skeleton } from '../components/state.js'
import { h, replace } from '../dom.js'
import { linkTo } from '../router.js'
import { t } from '../texts.js'
import { createFeed } from './feed.js'
import { messageRows } from './rows.js'

/** Further down than this, somebody reads. */
const READING_PX = 120
const MAX_WAITING = 500

/** @typedef {import('../types').StoredRecord} StoredRecord */

/**
 * The messages that match, newest first. New ones come in at the top, unless somebody reads further down: then
 * a button tells how many wait.
 *
 * @param {object} options
 * @param {import('./filters.js').Filters} options.filters
 * @param {import('../types').PageContext} options.context
 * @param {AbortSignal} options.signal
 * @param {() => void} options.onClearFilters
 */
export function messageList({ filters, context, signal, onClearFilters }) {
  const said = h('p', { class: 'visually-hidden', role: 'status' })
  const newOnes = h('div', { class: 'waiting', hidden: true })
  const content = h('div', { class: 'message-list' }, skeleton(8))
  const end = h('p', { class: 'list-end soft' })
  const feed = createFeed({ filters, on: context.on, signal, onLive: receive })
  /** @type {ReturnType<typeof messageRows> | undefined} */
  let rows
  /** @type {readonly StoredRecord[]} */
  let waiting = []
  let isStarted = false

  async function start() {
    try {
      const records = await feed.first()
      draw(records)
      isStarted = true
      waiting = waiting.filter(({ id }) => !rows?.has(id))
      takeWaiting()
    } catch (error) {
      if (!signal.aborted) replace(content, failureState(error, start))
    }
  }

  /** @param {readonly StoredRecord[]} records */
  function draw(records) {
    rows = records.length === 0 ? undefined : messageRows(records, filters)
    replace(
      content,
      feed.silent().length > 0 &&
        h('p', { class: 'soft' }, t('messages.silentGateways', { names: feed.silent().join(', ') })),
      rows ? [h('div', { class: 'card' }, rows.element), end] : nothing(filters, onClearFilters),
    )
    drawEnd()
  }

  function drawEnd() {
    const more = async () => {
      rows?.append(await feed.more())
      drawEnd()
    }
    replace(
      end,
      feed.hasMore() ? button(t('messages.more'), more) : t('messages.end', { count: rows?.count() ?? 0 }),
    )
  }

  /** @param {readonly StoredRecord[]} records */
  function receive(records) {
    for (const record of records) if (rows?.has(record.id)) rows.update(record)
    const known = new Set(waiting.map(({ id }) => id))
    const fresh = records.filter(({ id }) => !known.has(id) && !rows?.has(id))
    if (fresh.length === 0) return
    waiting = [...fresh, ...waiting].toSorted((a, b) => b.time - a.time).slice(0, MAX_WAITING)
    if (!isStarted) return
    said.textContent = t('messages.newOnes', { count: waiting.length })
    const isRead = content.isConnected && (scrollY > READING_PX || content.contains(document.activeElement))
    if (isRead) offerWaiting()
    else takeWaiting()
  }

  function offerWaiting() {
    newOnes.hidden = false
    replace(
      newOnes,
      button(t('messages.newOnes', { count: waiting.length }), () => {
        takeWaiting()
        scrollTo({ top: 0 })
        rows?.focus()
      }),
    )
  }

  function takeWaiting() {
    const fresh = waiting
    waiting = []
    newOnes.hidden = true
    if (fresh.length === 0) return
    if (!rows) draw(fresh)
    else {
      rows.prepend(fresh)
      if (!feed.hasMore()) drawEnd()
    }
  }

  void start()
  return h('div', { class: 'message-list' }, said, newOnes, content)
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
