import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorText } from '../lib/error-text'
import type { WebHandler } from '../lib/haraka/web-server'
import type { Log } from '../lib/log'
import type { ApiHandler } from './api-server'
import type { MetricsRoute } from './metrics-route'
import { setSecurityHeaders } from './security-headers'
import type { StaticFiles } from './static-files'

/** Where the page lives on Haraka's HTTP server. */
export const BASE = '/gateway'
const API = `${BASE}/api/v1`

export interface PageServerOptions {
  readonly api: ApiHandler
  readonly files: StaticFiles
  readonly metrics: MetricsRoute
  readonly log: Log
}

/** Everything below /gateway: the page, its API, the metrics and the health check. */
export function createPageServer(options: PageServerOptions): WebHandler {
  return (request, response, next) => {
    const path = pathOf(request)
    if (path === '/') {
      redirect(response, `${BASE}/`)
      return
    }
    if (path !== BASE && path?.startsWith(`${BASE}/`) !== true) {
      next()
      return
    }
    setSecurityHeaders(response)
    serve(path, request, response, options).catch((error: unknown) => {
      options.log.error(`web page: ${errorText(error)}`)
      response.destroy()
    })
  }
}

async function serve(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  { api, files, metrics }: PageServerOptions,
): Promise<void> {
  if (path === BASE) {
    redirect(response, `${BASE}/`)
    return
  }
  response.setHeader('Cache-Control', 'no-store')
  if (path.startsWith(`${API}/`)) {
    await api(path.slice(API.length), request, response)
    return
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    sendJson(response, 405, { error: 'this takes GET' })
    return
  }
  if (path === `${BASE}/health`) {
    sendJson(response, 200, { status: 'ok' })
    return
  }
  if (path === `${BASE}/metrics`) {
    await metrics(request, response)
    return
  }
  const file = path.slice(BASE.length + 1) || 'index.html'
  if (files.has(file)) await files.send(file, request, response)
  else sendJson(response, 404, { error: 'there is no such page' })
}

/** Undefined for what is no path. */
function pathOf({ url = '' }: IncomingMessage): string | undefined {
  return URL.canParse(url, 'http://localhost') ? new URL(url, 'http://localhost').pathname : undefined
}

/** Relative, since a proxy may have put the page elsewhere. */
function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { Location: `.${location}` })
  response.end()
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(body))
}
