/**
 * The parts of Haraka 3.3 that this suite uses, typed. Haraka ships no types of its own.
 * Names are Haraka's.
 */

import type { EventEmitter } from 'node:events'
import type { Server as NetServer, Socket } from 'node:net'

export interface HarakaAddress {
  readonly user: string
  /** Domain or address literal as written; empty for the null sender and bare `<postmaster>`. */
  readonly host: string | null
  /** `local@domain`, without angle brackets. */
  readonly address: string
  /** `<local@domain>` */
  format(): string
}

export interface ResultEntry {
  pass?: string | readonly string[]
  fail?: string | readonly string[]
  skip?: string | readonly string[]
  err?: string | readonly string[]
  msg?: string | readonly string[]
  [key: string]: unknown
}

export interface ResultStore {
  add(plugin: HarakaPlugin | { name: string }, entry: ResultEntry): void
  get(plugin: string | { name: string }): ResultEntry | undefined
}

export interface HarakaHeader {
  readonly header_list: string[]
  get(name: string): string
  get_all(name: string): readonly string[]
  readonly headers: Record<string, string[] | undefined>
  readonly headers_decoded: Record<string, string[] | undefined>
}

/** A field with its folds: a string, or something that has its text and its bytes. */
export interface HeaderLine {
  replace(pattern: RegExp, replacement: string): HeaderLine
  valueOf(): string | Uint8Array
}

export interface MessageStream extends EventEmitter {
  /** What `pipe` writes as header: the list of `HarakaHeader`. */
  readonly headers: readonly HeaderLine[]
  pipe(destination: NodeJS.WritableStream, options?: Record<string, unknown>): void
  /** Ends a `pipe` under way; there can be only one at a time. */
  unpipe(): void
  get_data(callback: (data: Buffer) => void): void
}

export interface HarakaTransaction {
  readonly uuid: string
  readonly mail_from: HarakaAddress
  readonly rcpt_to: HarakaAddress[]
  readonly header: HarakaHeader
  readonly notes: Record<string, unknown>
  readonly results: ResultStore
  readonly message_stream: MessageStream
  readonly data_bytes: number
  readonly rcpt_count: HarakaCounts
  discard_data: boolean
  encoding: BufferEncoding
  add_data(line: Buffer | string): void
  add_header(name: string, value: string): void
  add_leading_header(name: string, value: string): void
  remove_header(name: string): void
}

export interface HarakaConnection {
  readonly uuid: string
  readonly client: Socket
  readonly remote: {
    readonly ip: string
    readonly port: number
    readonly host: string | null
    readonly is_private: boolean
    readonly is_local: boolean
    readonly closed: boolean
  }
  readonly local: { readonly ip: string; readonly port: number; readonly host: string; info: string }
  readonly hello: { readonly host: string | null; readonly verb: string | null }
  readonly tls: { readonly enabled: boolean; advertised: boolean }
  /** The listener it came in on, which a PROXY line does not change. */
  readonly server: NetServer
  readonly notes: Record<string, unknown>
  readonly results: ResultStore
  readonly transaction: HarakaTransaction | null
  readonly state: number
  readonly hook: string | null
  readonly current_hook?: unknown
  readonly hooks_to_run: readonly unknown[]
  /** Messages and recipients so far, by what they were answered. */
  readonly msg_count: HarakaCounts
  readonly rcpt_count: HarakaCounts
  relaying: boolean
  capabilities: string[] | null
  set(path: string, value: unknown): void
  respond(code: number, message: string | readonly string[], then?: () => void): void
  disconnect(): void
  /** The Authentication-Results field so far; a message is added to it first. */
  auth_results(message?: string): string
  loginfo(plugin: HarakaPlugin, line: string): void
}

export interface HarakaCounts {
  readonly accept: number
  readonly tempfail: number
  readonly reject: number
}

export interface HarakaServer {
  /** `me` is the hostname file; null when there is none. */
  readonly config: { get(name: 'me'): string | null }
  readonly cfg: { readonly main: Record<string, unknown> & { listen?: string; nodes?: string | number } }
  readonly listeners: NetServer[]
  readonly notes: Record<string, unknown>
  get_listen_addrs: (cfg: unknown, port?: number) => string[]
  get_smtp_server(endpoint: HarakaEndpoint, inactivityTimeoutMs: number): Promise<NetServer>
}

export interface HarakaEndpoint {
  readonly host: string
  readonly port: number
  toString(): string
}

/** Called exactly once by a hook; the guard sees to that. */
export type Next = (code?: number, message?: unknown) => void

export interface HarakaPlugin {
  readonly name: string
  /** Seconds until Haraka answers DENYSOFT for a hook that is still running; 0 never. */
  timeout: number
  register_hook(hook: string, method: string, priority?: number): void
  haraka_require(module: string): unknown
  /** Takes over the methods of another plugin that this one lacks, and runs its register. */
  inherits(plugin: string): void
  logdebug(line: string): void
  loginfo(line: string): void
  lognotice(line: string): void
  logwarn(line: string): void
  logerror(line: string): void
  [method: string]: unknown
}
