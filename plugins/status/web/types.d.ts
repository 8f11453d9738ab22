/** Shapes of the API's answers (see api/ of this plugin) and of the parts of the page. */
import type { ExplainReport } from '../../lib/explain/report'
import type { ListView } from '../../lib/lists/list-view'
import type { Finding, ListKind, ListState } from '../../lib/lists/types'
import type { JournalRecord, Outcome } from '../../lib/journal/record'
import type { Route, ParamValues } from './router.js'
import type { EventName } from './events.js'
import type { IconName } from './icons.js'

export type { Finding, ListKind, ListState, ListView }
export type { ListAction } from '../../lib/lists/types'
export type { ExplainReport, Outcome }
export type { DeliveryEvent, DeliveryState, FindingRecord, RecipientRecord } from '../../lib/journal/record'

export type StoredRecord = JournalRecord & { readonly id: string; readonly node?: string }

export interface Session {
  readonly name: string
  readonly role: 'reader' | 'editor'
  readonly csrf: string
  readonly hostname: string
  readonly version: string
  readonly publicUrl?: string
  readonly startedAt: number
}

/** What an element may hold; false and nothing leave no trace. */
export type Child = Node | string | number | false | null | undefined | readonly Child[]

/** A page in the menu. */
export interface PageEntry {
  /** As of `Page`, and the name of its module. */
  readonly path: string
  readonly titleKey: string
  readonly icon: IconName
}

/** A page: `pages/PATH.js` exports one as `page`. */
export interface Page {
  /** First segment of its address: `messages` in `#/messages/17`. */
  readonly path: string
  readonly titleKey: string
  /** Fills `root`, which stands below the heading; whatever it throws is shown. */
  render(
    root: HTMLElement,
    context: PageContext,
  ): void | RenderedPage | Cleanup | Promise<void | RenderedPage | Cleanup>
}

export type Cleanup = () => void

export interface RenderedPage {
  /** Called when another page comes. */
  cleanup?: Cleanup
  /** Called when the address changes within the page; without it the page is rendered anew. */
  update?(route: Route): void
}

export interface PageContext {
  readonly session: Session
  /** Whether this user may change anything. */
  readonly canEdit: boolean
  readonly route: Route
  /** Aborted when the page is left: for fetches and timers. */
  readonly signal: AbortSignal
  /** Beside the heading, for the page's buttons. */
  readonly actions: HTMLElement
  /** Replaces the heading and the title of the window. */
  setTitle(title: string): void
  /** For a page that shows another part of itself: says so to who cannot see it. */
  focusHeading(): void
  /** Listens until the page is left, or the signal is aborted. */
  on(name: EventName, listener: (data: any) => void, signal?: AbortSignal): void
  /** Changes the parameters of the page's own address. */
  setParams(params: ParamValues, options?: { replace?: boolean }): void
  /** Asked before the page is left; undefined again once nothing would be lost. */
  guardLeave(mayLeave: (() => Promise<boolean>) | undefined): void
}

export type Range = '1h' | '24h' | '7d' | '30d'

export interface Counts {
  readonly accepted: number
  readonly refused: number
  readonly deferred: number
  readonly abandoned: number
  readonly delivered: number
  readonly bounced: number
}

export interface Overview {
  readonly from: number
  readonly to: number
  readonly stepMs: number
  readonly points: readonly (Counts & { readonly time: number })[]
  readonly totals: Counts
  readonly reasons: readonly { readonly by: string; readonly text: string; readonly count: number }[]
  readonly journal: {
    readonly isOn: boolean
    readonly fault?: string
    readonly waiting: number
    readonly lost: number
  }
}

export interface GatewayState {
  readonly hostname: string
  readonly version: string
  readonly startedAt: number
  readonly workers: readonly {
    readonly pid: number
    readonly role: string
    readonly uptimeS: number
    readonly memoryBytes: number
    readonly sessions: number
    readonly eventLoopDelayMs: number
    readonly settingsVersion: string
  }[]
  readonly listeners: readonly {
    readonly endpoint: string
    readonly state: 'listening' | 'failed'
    readonly fault?: string
  }[]
  readonly certificate: null | {
    readonly file: string
    readonly subject: string
    readonly names: readonly string[]
    /** Neither is known of a file that cannot be read; then there is a fault. */
    readonly notAfter?: number
    readonly daysLeft?: number
    readonly fault?: string
  }
  readonly queue: {
    readonly messages: number
    readonly bytes: number
    readonly oldestAt?: number
    readonly byDomain: readonly { readonly domain: string; readonly messages: number }[]
  }
  readonly settings: {
    readonly version: string
    readonly kind: 'ok' | 'invalid'
    readonly errors: readonly {
      readonly path: readonly (string | number)[]
      readonly message: string
    }[]
    readonly since: number
  }
  readonly shadow: boolean
}

export type ListWithStats = ListView & {
  readonly stats24h: {
    readonly asked: number
    readonly listed: number
    readonly errors: number
    readonly medianMs: number
    readonly p99Ms: number
  }
}

/** How much a provider key is used; never the key. */
export interface KeyQuota {
  readonly provider: string
  readonly name: string
  readonly queriesToday: number
  /** Null: no limit is set. */
  readonly perDay: number | null
  /** Queries of this day, if it goes on as now. */
  readonly forecast: number
  readonly warning: boolean
  /** Gateways that are counted. */
  readonly nodes: number
}

export interface NextHop {
  readonly domain: string
  readonly kind: 'smtp' | 'maildir'
  /** Of a maildir: its folder. */
  readonly hosts: readonly string[]
  readonly port?: number
  readonly tls?: string
  readonly queue?: boolean
  readonly state: 'up' | 'down' | 'unknown'
  readonly detail?: string
}

/** What `POST /check` says of one item. */
export interface ItemCheck {
  readonly item: string
  readonly isListed: boolean
  readonly verdict: string
  readonly answers: readonly {
    readonly list: string
    readonly kind: ListKind
    readonly asked: string
    readonly health: ListState
    readonly finding: Finding
  }[]
}

export interface Allowance {
  readonly kind: 'client' | 'sender'
  readonly value: string
  readonly until: number
  readonly note?: string
  readonly by?: string
}
