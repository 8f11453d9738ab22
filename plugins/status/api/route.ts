import type { ServerResponse } from 'node:http'
import type { z } from 'zod'
import type { Gateway } from '../../lib/gateway'

/** Who may call a route; an editor may do whatever a reader may. */
export type Access = 'anyone' | 'reader' | 'editor'

export interface Caller {
  readonly name: string
  readonly role: 'reader' | 'editor'
}

/**
 * One call of the API, declared: the server checks access and shapes by it, and the OpenAPI document is made of it.
 */
export interface Route<Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below /gateway/api/v1; `:name` stands for one segment: `/lists/:id/test`. */
  readonly path: string
  readonly access: Access
  readonly summary: string
  readonly query?: Query
  readonly body?: Body
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number
  /** Shape of a successful answer. */
  readonly answer: z.ZodType
  handle(request: ApiRequest<z.output<Query>, z.output<Body>>): Promise<ApiAnswer> | ApiAnswer
}

export interface ApiRequest<Query = unknown, Body = unknown> {
  readonly gateway: Gateway
  /** Undefined only where anyone may call. */
  readonly caller: Caller | undefined
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
  /** Request header fields by lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly clientIp: string
  /** Over TLS, as far as can be told. */
  readonly isSecure: boolean
}

export interface ApiAnswer {
  /** Default 200. */
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Writes the answer itself, in its own time; instead of all the others. */
  readonly stream?: (response: ServerResponse) => void
}

/** A route with its types inferred from its schemas. */
export function route<Query extends z.ZodType, Body extends z.ZodType>(declared: Route<Query, Body>): Route {
  return declared
}

/** What went wrong, for the caller: status and JSON `{ error, errors? }`. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Where it is wrong, for forms. */
    readonly errors: readonly {
      readonly path: readonly (string | number)[]
      readonly message: string
    }[] = [],
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
    this.name = 'ApiError'
  }
}
