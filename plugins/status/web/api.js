// @ts-check
/**
 * The one way to the gateway's API.
 *
 * @typedef {{ readonly path: readonly (string | number)[], readonly message: string }} FieldError
 * @typedef {{ query?: Readonly<Record<string, string | number | undefined>>, body?: unknown, headers?: Readonly<Record<string, string>>, signal?: AbortSignal }} CallOptions
 */

/** Relative to the page, which may stand anywhere behind a reverse proxy. */
const BASE = 'api/v1'

let csrf = ''
/** @type {() => void} */
let onSessionEnd = () => {}

/** What the API answered instead of what was asked for; status 0: it did not answer at all. */
export class ApiFailure extends Error {
  /**
   * @param {number} status
   * @param {any} body
   * @param {Headers} [headers]
   */
  constructor(status, body, headers) {
    super(typeof body?.error === 'string' ? body.error : `HTTP ${status}`)
    this.name = 'ApiFailure'
    this.status = status
    /** The whole answer: a conflict brings more than its text. */
    this.body = body
    /** @type {readonly FieldError[]} */
    this.errors = Array.isArray(body?.errors) ? body.errors : []
    this.retryAfterSeconds = Number(headers?.get('Retry-After') ?? NaN)
  }
}

/** @param {string} token */
export function setCsrf(token) {
  csrf = token
}

/** @param {() => void} listener Called when a call is answered by 401 because the session has ended. */
export function onSessionEnded(listener) {
  onSessionEnd = listener
}

/**
 * @param {string} method
 * @param {string} path Below api/v1: `/messages`; its variable segments must go through encodeURIComponent.
 * @param {CallOptions} [options]
 * @returns {Promise<any>} What the answer says; undefined for an empty one.
 */
async function call(method, path, options = {}) {
  const first = await send(method, path, options)
  const isStale = first.status === 403 && method !== 'GET' && path !== '/login' && (await renewCsrf())
  const response = isStale ? await send(method, path, options) : first
  const answer = await readAnswer(response)
  if (response.ok) return answer
  if (response.status === 401 && path !== '/login' && path !== '/session') onSessionEnd()
  throw new ApiFailure(response.status, answer, response.headers)
}

/**
 * @param {string} method
 * @param {string} path
 * @param {CallOptions} options
 */
function send(method, path, { query = {}, body, headers = {}, signal }) {
  return fetch(`${BASE}${path}${queryText(query)}`, {
    method,
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(method === 'GET' ? {} : { 'X-CSRF-Token': csrf }),
      ...headers,
    },
    credentials: 'same-origin',
    cache: 'no-store',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  }).catch((/** @type {unknown} */ error) => {
    if (signal?.aborted) throw error
    throw new ApiFailure(0, undefined)
  })
}

/** A login in another tab makes this one's token stale. @returns {Promise<boolean>} Whether there is a new one. */
async function renewCsrf() {
  const response = await send('GET', '/session', {})
  const answer = response.ok ? await readAnswer(response) : undefined
  if (typeof answer?.csrf !== 'string' || answer.csrf === csrf) return false
  csrf = answer.csrf
  return true
}

/** @param {Response} response */
async function readAnswer(response) {
  const text = await response.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    // A reverse proxy's own error page.
    return undefined
  }
}

/** @param {Readonly<Record<string, string | number | undefined>>} query */
function queryText(query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

export const api = {
  /** @param {string} path @param {CallOptions} [options] */
  get: (path, options) => call('GET', path, options),
  /** @param {string} path @param {unknown} [body] @param {CallOptions} [options] */
  post: (path, body, options) => call('POST', path, { ...options, body }),
  /** @param {string} path @param {unknown} body @param {CallOptions} [options] */
  put: (path, body, options) => call('PUT', path, { ...options, body }),
  /** @param {string} path @param {unknown} body @param {CallOptions} [options] */
  patch: (path, body, options) => call('PATCH', path, { ...options, body }),
  /** @param {string} path @param {CallOptions} [options] */
  delete: (path, options) => call('DELETE', path, options),
}
