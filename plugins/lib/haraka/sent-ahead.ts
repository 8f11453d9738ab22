import { isAnswering, isEnding, isTidyingUp } from './session-state'
import type { HarakaConnection } from './types'

/** What of Haraka's connection reads the socket. */
interface Input {
  /** Takes what comes in. */
  process_data(data: Buffer): void
  /** Looks for the next line in what has come in; also called after each reply. */
  _process_data(): void
  readonly current_data: Buffer | null
  /** A line came before its turn. */
  readonly early_talker: boolean
}

/** A window of pipelined commands; nobody is made to wait who sends 1000 recipients at once. */
const MAX_AHEAD_BYTES = 131_072

/**
 * Bounds what it costs that a client sends commands before the one before is answered. Haraka keeps them however
 * many they are; and for those that PIPELINING does not allow there it looks again at once, and again, until the
 * answer is out: a lookup, or a next hop that takes its time, and the processor is busy with nothing else.
 */
export function boundWhatIsSentAhead(connection: HarakaConnection): void {
  const session = connection as HarakaConnection & Input
  const take = session.process_data.bind(session)
  const look = session._process_data.bind(session)
  let isHeldBack = false

  session.process_data = (data) => {
    take(data)
    if (isEnding(session) || aheadBytes(session) <= MAX_AHEAD_BYTES) return
    isHeldBack = true
    session.client.pause()
  }
  session._process_data = () => {
    // The reply calls again.
    if (session.early_talker && isAnswering(session)) return
    look()
    // Haraka pauses, too, at the end of a transaction, and goes on by itself.
    if (!isHeldBack || isTidyingUp(session) || aheadBytes(session) > MAX_AHEAD_BYTES / 2) return
    isHeldBack = false
    session.client.resume()
  }
}

const aheadBytes = ({ current_data }: Input): number => current_data?.length ?? 0
