import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { startGateway, type Gateway, type GatewayOptions } from './gateway'
import { signIn, uiUser, type WebClient } from './web'

export const PASSWORD = 'correct horse battery'

/** What the API says of a fleet. */
export interface FleetAnswer {
  readonly fault?: string
  readonly settings: { readonly revision: number; readonly node: string }
  readonly documents: readonly { readonly name: string; readonly head: number; readonly revision: number }[]
  readonly nodes: readonly FleetNode[]
}

export interface FleetNode {
  readonly node: string
  readonly isAlive: boolean
  readonly revision: number
  readonly isEdited: boolean
  readonly problems: readonly string[]
}

export interface SharingAnswer {
  readonly kind: string
  readonly revision: number
  readonly nodes: readonly { readonly node: string; readonly fault?: string }[]
}

/** What the API answers to a save. */
export interface Saved {
  readonly status: number
  readonly fleet: SharingAnswer
  readonly conflicts: readonly { readonly theirs: unknown }[]
  readonly merged: readonly { readonly path: readonly string[]; readonly value?: unknown }[]
}

/** What gateway.yaml says, as far as tests ask. */
export interface Written {
  readonly listen: { readonly address: string; readonly other: readonly number[] }
  readonly fleet: { readonly node: string }
  readonly next_hops: Readonly<Record<string, unknown>>
  readonly inactivity_timeout: number
}

/** A gateway of a fleet, with an editor who is signed in. */
export interface Node {
  readonly gateway: Gateway
  readonly web: WebClient
  file(name?: string): string
  written(): Written
  version(): Promise<string>
  fleet(): Promise<FleetAnswer>
  /** How this gateway sees another. */
  stateOf(node: string): Promise<FleetNode | undefined>
  save(body: object, base?: string): Promise<Saved>
  set(path: readonly string[], value: unknown, base?: string): Promise<Saved>
  greeting(): Promise<string>
}

export interface NodeOptions extends Omit<GatewayOptions, 'settings'> {
  readonly name: string
  readonly redis: string
  readonly settings?: object
}

export async function startNode({ name, redis, settings, secrets, ...options }: NodeOptions): Promise<Node> {
  const gateway = await startGateway({
    plugins: ['mail-core', 'ip-lists', 'next-hops', 'status'].map((plugin) => `gateway/${plugin}`),
    hostname: `${name}.gateway.test`,
    nodes: 0,
    ...options,
    settings: {
      fleet: { redis, name: 'test', node: name },
      next_hops: { 'here.test': { maildir: 'maildir' } },
      ...settings,
    },
    secrets: { ui_users: { anna: await uiUser(PASSWORD, 'editor') }, ...secrets },
    web: true,
  })
  const web = await signIn(gateway, 'anna', PASSWORD)
  const file = (path = 'gateway.yaml'): string => readFileSync(join(gateway.dir, 'config', path), 'utf8')
  const version = async (): Promise<string> =>
    ((await web.call('/settings')).json as { readonly version: string }).version
  const save: Node['save'] = async (body, base) => {
    const headers = { 'If-Match': `"${base ?? (await version())}"` }
    const answer = await web.call('/settings', { method: 'PATCH', body, headers })
    return { ...(answer.json as Saved), status: answer.status }
  }
  const fleet = async (): Promise<FleetAnswer> => (await web.call('/fleet')).json as FleetAnswer
  return {
    gateway,
    web,
    file,
    written: () => parse(file()) as Written,
    version,
    fleet,
    stateOf: async (node) => (await fleet()).nodes.find((each) => each.node === node),
    save,
    set: (path, value, base) => save({ changes: [{ path, value }] }, base),
    async greeting() {
      const client = await gateway.client()
      client.close()
      return client.greeting
    },
  }
}
