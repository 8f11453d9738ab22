import DSN from 'haraka-dsn'
import { errorText } from '../error-text'
import { CONT, DENY, DENYSOFT, DENYSOFTDISCONNECT, OK } from './return-codes'
import { internalError, type Reply } from './replies'
import type { ProcessRole } from './process-role'
import type { HarakaConnection, HarakaPlugin, Next } from './types'

/** What a hook decided. Hooks return it; nothing of ours calls Haraka's `next`. */
export type Outcome =
  /** The next plugin's turn. */
  | { readonly kind: 'continue' }
  /** OK: ends the hook for all plugins; the text is optional. */
  | { readonly kind: 'accept'; readonly text?: string | readonly string[] }
  /** 4xx tempfails, 5xx refuses. */
  | { readonly kind: 'refuse'; readonly reply: Reply }
  /** The same with a 4xx, and the connection ends. */
  | { readonly kind: 'hang-up'; readonly reply: Reply }

export const proceed: Outcome = { kind: 'continue' }
export const accept: Outcome = { kind: 'accept' }
export const refuse = (reply: Reply): Outcome => ({ kind: 'refuse', reply })
export const hangUp = (reply: Reply): Outcome => ({ kind: 'hang-up', reply })

export interface HookOptions {
  /** What happens to the mail when our code fails: reputation passes, routing and rewriting tempfail. */
  readonly onError: 'pass' | 'tempfail'
  /** -100 (first) to 100; plugins of one priority run in the order of config/plugins. */
  readonly priority?: number
  /** Default 25 s; Infinity: the engine keeps its own. */
  readonly deadlineMs?: number
}

type Handler = (connection: HarakaConnection, params: unknown) => Outcome | Promise<Outcome> | undefined

const DEFAULT_DEADLINE_MS = 25_000

/**
 * Registers a hook behind a guard. Haraka dies of a rejected promise in a hook and waits 30 s for one that
 * never calls `next`; behind the guard `next` is called exactly once, whatever the handler does.
 */
export function registerHook(
  plugin: HarakaPlugin,
  hook: string,
  options: HookOptions,
  handler: Handler,
): void {
  const method = freeMethodName(plugin, `on_${hook}`)
  // Haraka would set a timer for each call; the guard has one only where there is something to wait for.
  plugin.timeout = 0
  plugin[method] = (next: Next, connection: HarakaConnection, params: unknown): void => {
    let outcome: ReturnType<Handler>
    try {
      outcome = handler(connection, params)
    } catch (error) {
      settle(plugin, hook, next, failure(plugin, hook, options, error))
      return
    }
    // Most decide at once: no timer, no promise, nothing to wait for.
    if (outcome instanceof Promise) awaitOutcome(outcome, plugin, hook, options, next)
    else settle(plugin, hook, next, outcome ?? proceed)
  }
  plugin.register_hook(hook, method, options.priority ?? 0)
}

/** The first of outcome, failure and deadline counts. */
function awaitOutcome(
  outcome: Promise<Outcome>,
  plugin: HarakaPlugin,
  hook: string,
  options: HookOptions,
  next: Next,
): void {
  let isSettled = false
  const settleOnce = (decide: () => Outcome): void => {
    if (isSettled) return
    isSettled = true
    clearTimeout(timer)
    settle(plugin, hook, next, decide())
  }
  const fail = (error: unknown): void => {
    settleOnce(() => failure(plugin, hook, options, error))
  }
  const timer = deadline(options, () => {
    fail(new Error(`${hook} took longer than ${(options.deadlineMs ?? DEFAULT_DEADLINE_MS) / 1000} s`))
  })
  outcome.then((decided) => {
    settleOnce(() => decided)
  }, fail)
}

/** A plugin may do two things on one hook, at different priorities. */
function freeMethodName(plugin: HarakaPlugin, name: string): string {
  let free = name
  for (let count = 2; plugin[free] !== undefined; count++) free = `${name}_${count}`
  return free
}

/**
 * Registers `start` to run once the process serves: in workers, or in the single process; never in the master.
 */
export function registerInitHook(plugin: HarakaPlugin, role: ProcessRole, start: () => void): void {
  if (role === 'master') return
  registerHook(plugin, role === 'single' ? 'init_master' : 'init_child', { onError: 'pass' }, () => {
    start()
    return proceed
  })
}

function deadline(options: HookOptions, expire: () => void): NodeJS.Timeout | undefined {
  const ms = options.deadlineMs ?? DEFAULT_DEADLINE_MS
  return Number.isFinite(ms) ? setTimeout(expire, ms) : undefined
}

/** What becomes of the mail when a hook fails. */
function failure(plugin: HarakaPlugin, hook: string, { onError }: HookOptions, error: unknown): Outcome {
  plugin.logerror(
    `${hook} failed, mail ${onError === 'pass' ? 'passes' : 'is deferred'}: ${errorText(error)}`,
  )
  return onError === 'pass' ? proceed : refuse(internalError())
}

function settle(plugin: HarakaPlugin, hook: string, next: Next, outcome: Outcome): void {
  try {
    tell(next, outcome)
  } catch (error) {
    // Haraka ran the following hooks inside `next` and one of them threw.
    plugin.logerror(`${hook}: ${errorText(error)}`)
  }
}

function tell(next: Next, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'continue':
      next(CONT)
      return
    case 'accept':
      next(OK, outcome.text)
      return
    case 'refuse':
      next(outcome.reply.code < 500 ? DENYSOFT : DENY, toDsn(outcome.reply))
      return
    case 'hang-up':
      next(DENYSOFTDISCONNECT, toDsn(outcome.reply))
  }
}

/** Haraka takes code and text of a DSN object instead of its own for the hook. */
function toDsn({ code, enhanced, text }: Reply): DSN {
  const [, subject = '0', detail = '0'] = enhanced.split('.')
  return new DSN(code, text, undefined, Number(subject), Number(detail))
}
