// @ts-check
/**
 * What the gateway tells as it happens: one connection for the whole page, however many listen.
 *
 * `again` comes after the connection was lost: what happened meanwhile has to be asked for.
 *
 * @typedef {'message' | 'delivery' | 'lists' | 'settings' | 'state' | 'again'} EventName
 */

const FROM_GATEWAY = /** @type {const} */ (['message', 'delivery', 'lists', 'settings', 'state'])
const MIN_WAIT_MS = 1000
const MAX_WAIT_MS = 30_000

/** @type {Map<string, Set<(data: any) => void>>} */
const listeners = new Map([...FROM_GATEWAY, 'again'].map((name) => [name, new Set()]))
/** @type {Set<(isLive: boolean) => void>} */
const watchers = new Set()
/** @type {EventSource | undefined} */
let source
let isLive = false
let wasLive = false
/** @type {() => void} */
let onRefusal = () => {}
let waitMs = MIN_WAIT_MS
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer

/**
 * Opens the connection and keeps it until `disconnect`.
 *
 * @param {() => void} onRefused Called when the gateway, or a proxy before it, answers with an error.
 */
export function connect(onRefused) {
  onRefusal = onRefused
  if (source || timer !== undefined) return
  open()
}

export function disconnect() {
  clearTimeout(timer)
  timer = undefined
  source?.close()
  source = undefined
  waitMs = MIN_WAIT_MS
  wasLive = false
  tell(false)
}

/**
 * @param {EventName} name
 * @param {(data: any) => void} listener
 * @returns {() => void} Ends it.
 */
export function onEvent(name, listener) {
  listeners.get(name)?.add(listener)
  return () => listeners.get(name)?.delete(listener)
}

/**
 * @param {(isLive: boolean) => void} watcher Called now and whenever the connection comes or goes.
 * @returns {() => void}
 */
export function onLive(watcher) {
  watchers.add(watcher)
  watcher(isLive)
  return () => watchers.delete(watcher)
}

function open() {
  timer = undefined
  const opened = new EventSource('api/v1/events')
  source = opened
  opened.addEventListener('open', () => {
    waitMs = MIN_WAIT_MS
    tell(true)
    if (wasLive) emit('again', undefined)
    wasLive = true
  })
  // A browser tries again by itself after a broken connection, but never after an HTTP error.
  opened.addEventListener('error', () => {
    tell(false)
    if (opened.readyState !== EventSource.CLOSED || source !== opened) return
    source = undefined
    timer = setTimeout(open, waitMs)
    waitMs = Math.min(waitMs * 2, MAX_WAIT_MS)
    onRefusal()
  })
  for (const name of FROM_GATEWAY) {
    opened.addEventListener(name, (event) => {
      emit(name, JSON.parse(/** @type {MessageEvent<string>} */ (event).data))
    })
  }
}

/** @param {EventName} name @param {unknown} data */
function emit(name, data) {
  for (const listener of listeners.get(name) ?? []) listener(data)
}

/** @param {boolean} next */
function tell(next) {
  if (isLive === next) return
  isLive = next
  for (const watcher of watchers) watcher(next)
}

/**
 * Runs `work` at most once in `ms`, however often it is asked for; the last asking is always served.
 *
 * @param {() => void} work
 * @param {number} ms
 * @param {AbortSignal} signal Ends it.
 */
export function coalesce(work, ms, signal) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pending
  signal.addEventListener('abort', () => clearTimeout(pending))
  return () => {
    if (pending !== undefined || signal.aborted) return
    pending = setTimeout(() => {
      pending = undefined
      work()
    }, ms)
  }
}
