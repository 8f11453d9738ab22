import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { errorText } from '../lib/error-text'
import type { Gateway } from '../lib/gateway'
import { ApiError, type ApiAnswer, type Caller, type Route } from './api/route'
import type { Callers } from './callers'
import { readClient } from './client-address'
import { readJson } from './request-body'

export type ApiHandler = (path: string, request: IncomingMessage, response: ServerResponse) => Promise<void>

const MAX_BODY = 1_048_576
const BODY_MS = 30_000
const NOTHING = z.strictObject({})
const FORBIDDEN: ApiAnswer = { status: 403, body: { error: 'this needs the role editor' } }

/** Answers calls below /api/v1 by the routes: whatever goes wrong becomes a status and JSON, and never more. */
export function createApiServer(gateway: Gateway, callers: Callers, routes: readonly Route[]): ApiHandler {
  const find = createRouteFinder(routes)
  return async (path, request, response) => {
    try {
      const found = find(request.method ?? '', path)
      send(response, await call(gateway, callers, found, request))
    } catch (error) {
      sendError(gateway, request, response, error)
    }
  }
}

interface FoundRoute {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

async function call(
  gateway: Gateway,
  callers: Callers,
  { route, params }: FoundRoute,
  request: IncomingMessage,
): Promise<ApiAnswer> {
  const { trust_proxy: trusted, public_url: publicUrl } = gateway.settings().status
  const caller = callers.identify(request)
  // Before anything is read that costs memory.
  if (route.access !== 'anyone' && !caller) throw new ApiError(401, 'sign in first')
  if (request.method !== 'GET') callers.assertIntended(request, publicUrl, route.access !== 'anyone')
  if (!mayCall(route, caller)) return FORBIDDEN
  const { ip, isSecure } = readClient(request, trusted)
  const query = parse(route.query ?? NOTHING, readQuery(request), 'query')
  const body =
    request.method === 'GET'
      ? undefined
      : await readJson(request, { maxBytes: route.maxBodyBytes ?? MAX_BODY, deadlineMs: BODY_MS })
  if (!route.body && body !== undefined) throw new ApiError(400, 'this call takes no body')
  return route.handle({
    gateway,
    caller,
    params,
    query,
    body: route.body ? parse(route.body, body, 'body') : undefined,
    headers: singleHeaders(request),
    clientIp: ip,
    isSecure,
  })
}

const mayCall = ({ access }: Route, caller: Caller | undefined): boolean =>
  access === 'anyone' || caller?.role === 'editor' || (access === 'reader' && caller !== undefined)

function readQuery({ url = '' }: IncomingMessage): unknown {
  const parameters = [...new URL(url, 'http://localhost').searchParams]
  const twice = parameters.find(([name], at) => parameters.findIndex(([other]) => other === name) < at)
  if (twice) throw new ApiError(400, `${JSON.stringify(twice[0].slice(0, 40))} is given twice`)
  return Object.fromEntries(parameters)
}

function parse(schema: z.ZodType, value: unknown, what: string): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.slice(0, 20).map(({ path, message }) => ({
    path: path.map((step) => (typeof step === 'number' ? step : String(step))),
    message,
  }))
  throw new ApiError(400, `the ${what} is not what this call takes: ${errors[0]?.message ?? ''}`, errors)
}

const singleHeaders = ({ headers }: IncomingMessage): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )

/** Routes by their segments; `:name` stands for any one. */
function createRouteFinder(routes: readonly Route[]): (method: string, path: string) => FoundRoute {
  const known = routes.map((route) => ({ route, segments: route.path.slice(1).split('/') }))
  return (method, path) => {
    const given = path.slice(1).split('/').map(decode)
    const fitting = known.filter(({ segments }) => fits(segments, given))
    const methods = [...new Set(fitting.map(({ route }) => route.method))]
    const best = fitting
      .filter(({ route }) => route.method === method)
      // `/messages/latest` before `/messages/:id`
      .toSorted((a, b) => variables(a.segments) - variables(b.segments))[0]
    if (best) {
      const params = best.segments.flatMap((segment, at) =>
        segment.startsWith(':') ? [[segment.slice(1), given[at] ?? ''] as const] : [],
      )
      return { route: best.route, params: Object.fromEntries(params) }
    }
    if (methods.length > 0) throw new ApiError(405, `this call takes ${methods.join(', ')}`)
    throw new ApiError(404, 'there is no such call')
  }
}

const fits = (segments: readonly string[], given: readonly string[]): boolean =>
  segments.length === given.length &&
  segments.every((segment, at) => segment === given[at] || (segment.startsWith(':') && given[at] !== ''))

const variables = (segments: readonly string[]): number =>
  segments.filter((segment) => segment.startsWith(':')).length

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new ApiError(400, 'the address is not valid')
  }
}

function send(response: ServerResponse, { status = 200, body, headers = {}, stream }: ApiAnswer): void {
  if (response.headersSent || response.destroyed) return
  if (stream) {
    stream(response)
    return
  }
  const hasBody = body !== undefined && status !== 204
  const text = hasBody ? JSON.stringify(body) : ''
  response.writeHead(hasBody ? status : status === 200 ? 204 : status, {
    ...(hasBody && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
    ...headers,
  })
  response.end(text)
}

function sendError(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): void {
  // What is left of a body that is not read any more would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close')
  if (error instanceof ApiError) {
    const { status, message, errors, more } = error
    send(response, { status, body: { ...more, error: message, ...(errors.length > 0 && { errors }) } })
    return
  }
  gateway.log.error(`web page: ${request.method ?? ''} failed: ${errorText(error)}`)
  send(response, { status: 500, body: { error: 'this failed; the log says why' } })
}
