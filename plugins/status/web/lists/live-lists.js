// @ts-check
import { api } from '../api.js'
import { coalesce } from '../events.js'

/** @typedef {import('../types').ListWithStats} ListWithStats */

/**
 * The lists as the gateway sees them, kept up to date while the page is open.
 *
 * @param {import('../types').PageContext} context
 */
export function liveLists(context) {
  /** @type {readonly ListWithStats[]} */
  let lists = []
  /** @type {Set<() => void>} */
  const listeners = new Set()
  const tell = () => {
    for (const listener of [...listeners]) listener()
  }
  const load = async () => {
    lists = await api.get('/lists', { signal: context.signal })
    tell()
  }
  const loadQuietly = () => {
    load().catch(() => undefined)
  }
  const loadSoon = coalesce(loadQuietly, 500, context.signal)
  context.on('settings', loadSoon)
  context.on('lists', loadSoon)
  return {
    load,
    all: () => lists,
    /** @param {(path: readonly (string | number)[]) => boolean} isAt @returns {ListWithStats | undefined} */
    find: (isAt) => lists.find(({ path }) => isAt(path)),
    /** Takes over what a test has found. @param {import('../types').ListView} view */
    update(view) {
      lists = lists.map((list) => (list.id === view.id ? { ...list, ...view } : list))
      tell()
    },
    /** @param {() => void} listener @param {AbortSignal} signal */
    onChange(listener, signal) {
      listeners.add(listener)
      signal.addEventListener('abort', () => listeners.delete(listener))
    },
  }
}

/** @typedef {ReturnType<typeof liveLists>} LiveLists */
