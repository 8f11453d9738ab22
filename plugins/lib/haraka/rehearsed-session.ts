import type { Duplex } from 'node:stream'
import type { Fact, HookOutcome } from '../explain/step'
import { errorText } from '../error-text'
import { markRehearsal, rehearsalOf, type Rehearsal } from './rehearsal'
import { whyLeftOut } from './rehearsal-plugins'
import { CONT, DENY, DENYDISCONNECT, DENYSOFT, DENYSOFTDISCONNECT, OK } from './return-codes'
import type { HarakaConnection, HarakaPlugin, HarakaServer, HarakaTransaction, Next } from './types'

/** What is needed of Haraka to hold a session without a listener. */
export interface HarakaParts {
  readonly server: HarakaServer
  /** Loads one of Haraka's own modules: `connection`. */
  harakaRequire(module: string): unknown
}

export interface SessionOptions {
  readonly rehearsal: Rehearsal
  readonly isEncrypted: boolean
  /** Plugins of others that may run, beyond those known to only look. */
  readonly allowedPlugins: readonly string[]
  /** Whether a plugin that could take the message has been left out. */
  couldBeQueued(): boolean
  /** Called with the header fields when the message is complete, and when the transaction ends. */
  onMessage(transaction: HarakaTransaction): void
  onEnd(transaction: HarakaTransaction): void
}

type HookItem = [plugin: HarakaPlugin, method: string, ...rest: unknown[]]

/** The parts of Haraka's class that are replaced. */
interface BaseConnection {
  readonly client: Duplex
  readonly hook: string | null
  readonly transaction: (HarakaTransaction & { readonly resetting: boolean }) | null
  reset_transaction(then?: () => void): void
  queue_respond(code: number, message?: unknown): void
  queue_outbound_respond(code: number, message?: unknown): void
}
type BaseClass = new (client: Duplex, server: unknown) => BaseConnection

/** Names of Haraka's methods that write into its log. */
const LOG_METHODS = ['data', 'protocol', 'debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg']

/**
 * Starts a session of Haraka's own making for a client that is not there. Every hook goes through here: each
 * plugin's turn is told, those that could keep something are left out, and none but ours gets to queue.
 */
export function startRehearsedSession(
  parts: HarakaParts,
  client: Duplex,
  options: SessionOptions,
): HarakaConnection {
  const { Connection: Base } = parts.harakaRequire('connection') as { Connection: BaseClass }
  markRehearsal(client, options.rehearsal)
  const RehearsedConnection = rehearsedClass(Base, options)
  const server = {
    address: () => ({ address: '127.0.0.1', port: 25 }),
    has_tls: options.isEncrypted,
    // Haraka publishes the results of each session in a Redis that it finds here.
    notes: { ...parts.server.notes, redis: undefined },
  }
  return new RehearsedConnection(client, server) as unknown as HarakaConnection
}

function rehearsedClass(Base: BaseClass, options: SessionOptions): BaseClass {
  const { rehearsal } = options
  const hooks = new WeakMap<object, HookItem[]>()
  // Haraka tells sessions from other objects by the name of the class.
  class Connection extends Base {
    get hooks_to_run(): HookItem[] {
      return hooks.get(this) ?? []
    }
    set hooks_to_run(items: HookItem[]) {
      hooks.set(this, items)
      items.push = (...more) =>
        Array.prototype.push.apply(
          items,
          more.map((item) => watched(item, options)),
        )
    }
    override reset_transaction(then?: () => void): void {
      if (this.transaction && !this.transaction.resetting) options.onEnd(this.transaction)
      super.reset_transaction(then)
    }
    /** What none of ours takes may be for a plugin that is left out. */
    override queue_respond(code: number, message?: unknown): void {
      if (code === CONT && options.couldBeQueued()) super.queue_respond(OK, 'Message Queued')
      else super.queue_respond(code, message)
    }
    /** What no plugin takes would go into Haraka's outbound queue. */
    override queue_outbound_respond(code: number, message?: unknown): void {
      if (code === CONT) super.queue_outbound_respond(OK, 'Message Queued')
      else super.queue_outbound_respond(code, message)
    }
  }
  // A rehearsal must not be taken for mail by whoever reads the log.
  for (const level of LOG_METHODS) {
    Object.defineProperty(Connection.prototype, `log${level}`, {
      value: (...said: unknown[]) => {
        if (level !== 'data' && level !== 'protocol' && level !== 'debug') tellLog(rehearsal, said)
      },
    })
  }
  return Connection
}

function tellLog(rehearsal: Rehearsal, [by, ...said]: readonly unknown[]): void {
  const { name, hooks } = (by ?? {}) as Partial<HarakaPlugin>
  if (typeof name !== 'string' || hooks === undefined) return
  const text = said.filter((part) => typeof part === 'string').join(' ')
  if (text !== '') rehearsal.tell({ kind: 'log', plugin: name, text })
}

/** A plugin's turn, as Haraka's list of hooks holds it, watched. */
function watched([plugin, method, ...rest]: HookItem, options: SessionOptions): HookItem {
  const take = (next: Next, connection: HarakaConnection, params: unknown): void => {
    const hook = connection.hook ?? ''
    const { transaction } = connection
    if (hook === 'data_post' && transaction) options.onMessage(transaction)
    const reason = whyLeftOut(plugin.name, options.allowedPlugins)
    if (reason === undefined) run(plugin, method, hook, next, connection, params)
    else {
      options.rehearsal.tell({ kind: 'left-out', hook, plugin: plugin.name, reason })
      next(CONT)
    }
  }
  return [{ name: plugin.name, timeout: plugin.timeout, [method]: take } as HarakaPlugin, method, ...rest]
}

function run(
  plugin: HarakaPlugin,
  method: string,
  hook: string,
  next: Next,
  connection: HarakaConnection,
  params: unknown,
): void {
  const rehearsal = rehearsalOf(connection)
  const began = performance.now()
  const done: Next = (code = CONT, message) => {
    rehearsal?.tell(hookFact(plugin.name, hook, code, message, performance.now() - began))
    next(code, message)
  }
  const handler = plugin[method] as (next: Next, connection: HarakaConnection, params: unknown) => unknown
  const result = handler.call(plugin, done, connection, params)
  // In live mail a rejected hook ends Haraka; a rehearsal must not.
  if (result instanceof Promise) {
    result.catch((error: unknown) => {
      rehearsal?.tell({
        kind: 'hook',
        hook,
        plugin: plugin.name,
        outcome: 'failed',
        text: errorText(error),
        ms: 0,
      })
      next(CONT)
    })
  }
}

function hookFact(plugin: string, hook: string, code: number, message: unknown, ms: number): Fact {
  const text = textOf(message)
  return {
    kind: 'hook',
    hook,
    plugin,
    outcome: outcomeOf(code),
    ...(text !== undefined && { text }),
    ms: Math.round(ms * 10) / 10,
  }
}

function outcomeOf(code: number): HookOutcome {
  switch (code) {
    case DENY:
    case DENYDISCONNECT:
      return 'refuse'
    case DENYSOFT:
    case DENYSOFTDISCONNECT:
      return 'defer'
    case OK:
      return 'accept'
    default:
      return 'continue'
  }
}

/** A text, lines, or a DSN object with its reply. */
function textOf(message: unknown): string | undefined {
  if (typeof message === 'string') return message
  if (Array.isArray(message)) return message.join('\n')
  const { reply } = (message ?? {}) as { reply?: unknown }
  return typeof reply === 'string' ? reply : undefined
}

/** The session as it is after AUTH; the password is not asked for. */
export function signIn(connection: HarakaConnection, user: string): void {
  const session = connection as HarakaConnection & { authheader?: string }
  session.relaying = true
  session.results.add({ name: 'relay' }, { pass: 'rehearsal' })
  session.results.add({ name: 'auth' }, { pass: 'rehearsal', user })
  session.authheader = '(authenticated bits=0)\n'
  session.auth_results('auth=pass (plain)')
  session.notes.auth_user = user
}
