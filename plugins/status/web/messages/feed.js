// @ts-check
import { api } from '../api.js'
import { coalesce } from '../events.js'
import { apiQuery } from './filters.js'

/** @typedef {import('../types').StoredRecord} StoredRecord */

const PAGE = 50
/** The journal has a message a little later than the live events. */
const LIVE_MS = 1000
const LATE_MS = 4000
/** Records come together: a busy gateway has hundreds in a second. */
const ARRIVED_MS = 200

/**
 * The messages that match, page by page, and those that come meanwhile.
 *
 * @param {object} options
 * @param {import('./filters.js').Filters} options.filters
 * @param {import('../types').PageContext['on']} options.on
 * @param {AbortSignal} options.signal
 * @param {(records: readonly StoredRecord[]) => void} options.onLive Records that are new or may have changed.
 */
export function createFeed({ filters, on, signal, onLive }) {
  /** @type {string | undefined} */
  let cursor
  /** Gateways of the fleet that have not answered. @type {readonly string[]} */
  let silent = []
  /** @param {{ cursor?: string }} [from] */
  const read = (from = {}) =>
    api.get('/messages', { query: { ...apiQuery(filters), limit: PAGE, ...from }, signal })

  const look = () => {
    read().then(
      (answer) => onLive(answer.records),
      // What is shown stays; the sign of the connection tells that it is not live.
      () => {},
    )
  }
  const lookSoon = coalesce(look, LIVE_MS, signal)
  const lookLater = coalesce(look, LATE_MS, signal)
  /** @type {StoredRecord[]} */
  let arrived = []
  const takeArrived = coalesce(
    () => {
      const records = arrived
      arrived = []
      onLive(records)
    },
    ARRIVED_MS,
    signal,
  )
  // Only the gateway knows which messages match filters.
  const isAll = Object.keys(filters).length === 0
  const lookAround = () => {
    lookSoon()
    lookLater()
  }
  if (filters.until === undefined) {
    on('again', lookAround, signal)
    if (isAll) on('message', (record) => (arrived.push(record), takeArrived()), signal)
    on('mail', ({ deliveries }) => (!isAll || deliveries > 0) && lookAround(), signal)
  }

  return {
    /** @returns {Promise<readonly StoredRecord[]>} */
    async first() {
      const answer = await read()
      cursor = answer.cursor
      /** @type {readonly { readonly node: string, readonly hasAnswered: boolean }[]} */
      const nodes = answer.nodes ?? []
      silent = nodes.filter(({ hasAnswered }) => !hasAnswered).map(({ node }) => node)
      return answer.records
    },
    silent: () => silent,
    hasMore: () => cursor !== undefined,
    /** @returns {Promise<readonly StoredRecord[]>} */
    async more() {
      const answer = await read(cursor === undefined ? {} : { cursor })
      cursor = answer.cursor
      return answer.records
    },
  }
}
