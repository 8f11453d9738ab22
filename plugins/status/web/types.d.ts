/** Shapes of the API's answers (see api/ of this plugin) and of the parts of the page. */
import type { ListView } from '../../lib/lists/list-view'
import type { JournalRecord } from '../../lib/journal/record'
import type { Route, ParamValues } from './router.js'
import type { EventName } from './events.js'
import type { IconName } from './icons.js'

export type { ListView }
export type { ListState, ListKind, ListAction } from '../../lib/lists/types'
export type {
  DeliveryEvent,
  DeliveryState,
  FindingRecord,
  Outcome,
  RecipientRecord,
} from '../../lib/journal/record'

export type StoredRecord = JournalRecord & { readonly id: string }

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
  /** Listens until the page is left. */
  on(name: EventName, listener: (data: any) => void): void
  /** Changes the parameters of the page's own address. */
  setParams(params: ParamValues, options?: { replace?: boolean }): void
  /** Asked before the page is left; undefined again once nothing would be lost. */
  guardLeave(mayLeave: (() => Promise<boolean>) | undefined): void
}
