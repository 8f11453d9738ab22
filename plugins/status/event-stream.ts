import type { ServerResponse } from 'node:http'
import type { Interest, Spectator } from './audience'
import { GAP } from './event-frame'
import type { LiveEvents } from './live-events'

export interface EventStreamOptions {
  readonly interest: Interest
  /** Whether the client was here before: what happened meanwhile it has not heard. */
  readonly isBack: boolean
  readonly isAllowed: () => boolean
}

/** Bytes that may wait for a slow client; beyond them it hears nothing more until it has taken all of it. */
const MAX_WAITING_BYTES = 65_536
const NOTHING = Buffer.from(':\n\n')
const BEGIN = 'retry: 2000\n\n'

/** Server-sent events (WHATWG HTML 9.2) until the client leaves, takes nothing any more, or may not look on. */
export function openEventStream(
  response: ServerResponse,
  events: LiveEvents,
  { interest, isBack, isAllowed }: EventStreamOptions,
): void {
  const spectator = createSpectator(response, interest, isAllowed)
  if (!events.add(spectator)) {
    response.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '30' })
    response.end('{"error":"too many people look on"}')
    return
  }
  // The body ends with the connection: without the lengths of chunks each frame is one write of the same bytes.
  response.useChunkedEncodingByDefault = false
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' })
  response.write(isBack ? `${BEGIN}${GAP}` : BEGIN)
  response.once('close', () => {
    events.remove(spectator)
  })
  response.on('error', () => undefined)
}

function createSpectator(response: ServerResponse, interest: Interest, isAllowed: () => boolean): Spectator {
  let isBehind = false
  let waitedAtBeat = 0
  let isQuiet = true
  return {
    interest,
    write(chunk) {
      isQuiet = false
      const waiting = response.writableLength
      if (waiting > (isBehind ? 0 : MAX_WAITING_BYTES)) {
        isBehind = true
        return
      }
      response.write(isBehind ? Buffer.concat([Buffer.from(GAP), chunk]) : chunk)
      isBehind = false
    },
    beat() {
      const waiting = response.writableLength
      if (!isAllowed()) response.end()
      // It has taken nothing since the last time, and comes back by itself if it is still there.
      else if (waiting > 0 && waiting === waitedAtBeat) response.destroy()
      else if (isQuiet) response.write(NOTHING)
      waitedAtBeat = response.writableLength
      isQuiet = true
    },
  }
}
