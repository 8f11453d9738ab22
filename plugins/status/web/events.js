// @ts-check
/**
 * What the gateway tells as it happens: one connection for the whole page, however many listen.
 *
 * `mail` says that there was some; `message` and `delivery` bring each, but only while somebody listens to them.
 * `again` comes after something was not told: what happened meanwhile has to be asked for.
 *
 * @typedef {'mail' | 'message' | 'delivery' | 'lists' | 'settings' | 'state' | 'again'} EventName
 */

const EACH = /** @type {const} */ (['message', 'delivery'])
const FROM_GATEWAY = /** @type {const} */ (['mail', ...EACH, 'lists', 'settings', 'state'])
const MIN_WAIT_MS = 1000
const MAX_WAIT_MS = 30_000

/** @type {Map<string, Set<(data: any) => void>>} */
const listeners = new Map([...FROM_GATEWAY, 'again'].map((name) => [name, new Set()]))
/** @type {Set<(isLive: boolean) => void>} */
const watchers = new Set()
/** @type {EventSource | undefined} */
let source
/** What the source takes over from. @type {EventSource | undefined} */
let former
/** What is connected, or tries to be. */
let path = ''
let isLive = false
let wasLive = false
/** The more look on, the less often each may ask because of what it hears. */
let paceMs = 0
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
  timer = setTimeout(open)
}

export function disconnect() {
  clearTimeout(timer)
  timer = undefined
  former?.close()
  source?.close()
  former = source = undefined
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
  adjust()
  return () => {
    listeners.get(name)?.delete(listener)
    adjust()
  }
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

/** Whoever listens to each message needs another stream, which takes over once it is open. */
function adjust() {
  if (source?.readyState !== EventSource.OPEN || path === wantedPath()) return
  former = source
  open()
}

function wantedPath() {
  return EACH.some((name) => listeners.get(name)?.size) ? 'api/v1/events' : 'api/v1/overview/events'
}

function open() {
  timer = undefined
  path = wantedPath()
  const opened = new EventSource(path)
  source = opened
  opened.addEventListener('open', () => {
    former?.close()
    waitMs = MIN_WAIT_MS
    tell(true)
    if (wasLive) emit('again', undefined)
    wasLive = true
    adjust()
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
      const data = JSON.parse(/** @type {MessageEvent<string>} */ (event).data)
      if (typeof data.paceMs === 'number') paceMs = data.paceMs
      emit(name, data)
    })
  }
  opened.addEventListener('gap', () => emit('again', undefined))
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
 * Runs `work` at most once in `ms`, however often it is asked for; the last asking is always served. Where very many
 * look on it takes longer, and not at all of them at once.
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
    const waits = Math.max(ms, paceMs * (0.5 + Math.random()))
    pending = setTimeout(() => {
      pending = undefined
      work()
    }, waits)
  }
}
