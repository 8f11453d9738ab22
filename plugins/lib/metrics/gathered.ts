import type { HostState } from './host-state'
import type { ProcessState, ProcessTotals } from './process-metrics'

/** Everything that is known of a host, at one moment. */
export interface Gathered {
  readonly now: number
  /** Of all processes that there were since the start. */
  readonly totals: ProcessTotals
  readonly processes: readonly (ProcessState & { readonly role: string })[]
  readonly listeners: readonly { readonly endpoint: string; readonly isOpen: boolean }[]
  /** Undefined when the leader did not answer. */
  readonly host: HostState | undefined
}
