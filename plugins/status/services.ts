import type { Clock } from '../lib/clock'
import type { QueueFiles } from '../lib/haraka/queue-files'
import type { JournalReader } from '../lib/journal/reader'
import type { ApiTokens } from './api-tokens'
import type { Callers } from './callers'
import type { FleetJournal } from './fleet-journal'
import type { LiveEvents } from './live-events'
import type { SessionCookies } from './session-cookies'
import type { Sessions } from './sessions'
import type { SignIn } from './sign-in'

/** What the routes work with, beyond the gateway. */
export interface Services {
  readonly callers: Callers
  readonly sessions: Sessions
  readonly cookies: SessionCookies
  readonly signIn: SignIn
  readonly tokens: ApiTokens
  readonly events: LiveEvents
  readonly queue: QueueFiles
  readonly journal: JournalReader
  readonly fleetJournal: FleetJournal
  readonly clock: Clock
}
