import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Gateway } from '../lib/gateway'
import { metricsText } from '../lib/metrics'
import type { Callers } from './callers'

export type MetricsRoute = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** The metrics of all processes, for those whom `status.metrics.allow` lets read them. */
export function createMetricsRoute(
  gateway: Gateway,
  callers: Pick<Callers, 'identify'>,
  read: (gateway: Gateway) => Promise<string> = metricsText,
): MetricsRoute {
  let running: Promise<string> | undefined
  /** Whoever asks while they are gathered gets the same. */
  const gather = (): Promise<string> =>
    (running ??= read(gateway).finally(() => {
      running = undefined
    }))
  return async (request, response) => {
    const { allow } = gateway.settings().status.metrics
    if (allow === 'none') {
      sendError(response, 404, 'there is no such page')
      return
    }
    if (allow === 'token' && !callers.identify(request)) {
      response.setHeader('WWW-Authenticate', 'Bearer')
      sendError(response, 401, 'this needs an API token: Authorization: Bearer TOKEN')
      return
    }
    const text = await gather()
    response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' })
    response.end(text)
  }
}

function sendError(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify({ error }))
}
