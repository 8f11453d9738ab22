import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Resolver } from '../../../plugins/lib/dns/types'
import type { Gateway } from '../../../plugins/lib/gateway'
import { createSettingsEditing, type SettingsEditing } from '../../../plugins/lib/gateway/settings-editing'
import { createBus } from '../../../plugins/lib/haraka/bus'
import { validateLists } from '../../../plugins/lib/lists'
import type { Log } from '../../../plugins/lib/log'
import type { Change } from '../../../plugins/lib/settings/edit/change'
import type { SettingsPath } from '../../../plugins/lib/settings/errors'
import type { Settings } from '../../../plugins/lib/settings/schema'
import { createSettingsStore, type SettingsStore } from '../../../plugins/lib/settings/store'
import { ApiError, type ApiAnswer, type Caller, type Route } from '../../../plugins/status/api/route'

/** The default instance, its settings in force in this process, and calls of routes without HTTP. */
export interface SettingsInstance {
  readonly dir: string
  readonly store: SettingsStore
  readonly editing: SettingsEditing
  readonly lines: readonly string[]
  read(name: string): string
  write(name: string, text: string): void
  /** The answer as a client gets it. */
  call<Body = AnyBody>(method: Route['method'], path: string, request?: Call): Promise<Answer<Body>>
  close(): void
}

export interface Call {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: unknown
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly caller?: Caller
}

export interface Answer<Body = AnyBody> {
  readonly status: number
  readonly body: Body
  readonly headers: Readonly<Record<string, string>>
}

/** What the answers hold; which of it, each call knows. */
export interface AnyBody {
  readonly error: string
  readonly errors: readonly {
    readonly path: SettingsPath
    readonly message: string
    readonly value?: unknown
    readonly file?: string
  }[]
  readonly warnings: readonly { readonly path: SettingsPath; readonly message: string }[]
  readonly version: string
  readonly values: Settings
  readonly written: Readonly<Record<string, unknown>>
  readonly text: string
  readonly status: { readonly kind: string; readonly errors: AnyBody['errors'] }
  readonly secrets: readonly { readonly path: SettingsPath; readonly setAt: number }[]
  readonly diff: string
  readonly applied: readonly unknown[]
  readonly of: number
  readonly historyId: string
  readonly current: AnyBody
  readonly theirs: string
  readonly mine: string
  readonly merged: readonly Change[]
  readonly conflicts?: readonly unknown[]
}

const noResolver: Resolver = { lookup: () => Promise.resolve({ kind: 'unreachable' }) }

export interface InstanceOptions {
  readonly routes: readonly Route[]
  readonly resolver?: Resolver
  readonly secrets?: string
}

export function createSettingsInstance({ routes, resolver, secrets }: InstanceOptions): SettingsInstance {
  const dir = mkdtempSync(join(tmpdir(), 'gateway-editing-'))
  const configDir = join(dir, 'config')
  mkdirSync(configDir)
  cpSync(join(__dirname, '..', '..', '..', 'config'), configDir, { recursive: true })
  rmSync(join(configDir, 'gateway.secrets.yaml'))
  writeFileSync(join(configDir, 'gateway.secrets.yaml'), secrets ?? '# none yet\n', { mode: 0o600 })
  const lines: string[] = []
  const log = logTo(lines)
  const context = { configDir, hostname: 'mx.gateway.test', checks: [validateLists] }
  const store = createSettingsStore({ ...context, log, pollMs: 20 })
  const editing = createSettingsEditing({
    store,
    context,
    instanceDir: dir,
    bus: createBus('single'),
    role: 'single',
    resolver: resolver ?? noResolver,
    log,
  })
  const gateway = {
    editing,
    fleet: { isMember: () => false },
    log,
    instanceDir: dir,
    settings: () => store.current().settings,
  } as unknown as Gateway

  return {
    dir,
    store,
    editing,
    lines,
    read: (name) => readFileSync(join(configDir, name), 'utf8'),
    write: (name, text) => {
      writeFileSync(join(configDir, name), text)
    },
    call: async <Body>(method: Route['method'], path: string, request: Call = {}) =>
      (await callRoute(routes, gateway, method, path, request)) as Answer<Body>,
    close: () => {
      store.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function callRoute(
  routes: readonly Route[],
  gateway: Gateway,
  method: Route['method'],
  path: string,
  { params = {}, query = {}, body, headers = {}, caller }: Call,
): Promise<Answer<unknown>> {
  const route = routes.find((candidate) => candidate.method === method && candidate.path === path)
  if (!route) throw new Error(`no route ${method} ${path}`)
  let answer: ApiAnswer
  try {
    answer = await route.handle({
      gateway,
      caller: caller ?? { name: 'anna', role: 'editor' },
      params,
      query: route.query?.parse(query),
      body: route.body?.parse(throughJson(body)),
      headers,
      isSecure: false,
      clientIp: '127.0.0.1',
    })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { status, message, errors, more } = error
    return { status, body: throughJson({ error: message, errors, ...more }), headers: {} }
  }
  const sent = throughJson(answer.body)
  route.answer.parse(sent)
  return { status: answer.status ?? 200, body: sent, headers: answer.headers ?? {} }
}

const throughJson = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown)

function logTo(lines: string[]): Log {
  const add = (line: string): void => void lines.push(line)
  return { debug: add, info: add, notice: add, warn: add, error: add }
}
