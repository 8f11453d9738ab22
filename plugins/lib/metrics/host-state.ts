import type { FleetState } from '../gateway/fleet-desk'
import type { ListView } from '../lists/list-view'
import type { KeyUsage } from '../quota/usage'

/** What is the same for all processes of the host; the leader looks. */
export interface HostState {
  readonly version: string
  readonly lists: readonly ListFacts[]
  readonly queue: { readonly messages: number; readonly bytes: number; readonly oldestAt?: number }
  /** Undefined when it is in no fleet. */
  readonly fleet?: FleetState
  /** Of the keys of providers that it has, or has asked with today. */
  readonly quota: readonly QuotaFacts[]
  /** Undefined when there is to be no certificate; without a time, it cannot be read. */
  readonly certificate?: { readonly file: string; readonly notAfter?: number }
}

export type QuotaFacts = Pick<KeyUsage, 'provider' | 'queriesToday' | 'perDay' | 'forecast'>

export type ListFacts = Pick<ListView, 'id' | 'name' | 'kind' | 'size'> & {
  readonly state: ListView['state']['kind']
}

export const listFacts = ({ id, name, kind, size, state }: ListView): ListFacts => ({
  id,
  name,
  kind,
  state: state.kind,
  ...(size !== undefined && { size }),
})
