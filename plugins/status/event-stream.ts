import type { ServerResponse } from 'node:http'
import type { LiveEvents, Spectator } from './live-events'

/** Bytes that may wait for a slow client; beyond them it is dropped, and comes back by itself. */
const MAX_WAITING_BYTES = 262_144

/** Server-sent events (WHATWG HTML 9.2) until the client leaves, falls behind, or may not look on any more. */
export function openEventStream(
  response: ServerResponse,
  events: LiveEvents,
  isAllowed: () => boolean,
): void {
  const write = (chunk: Buffer | string): void => {
    if (response.writableLength > MAX_WAITING_BYTES) response.destroy()
    else response.write(chunk)
  }
  const spectator: Spectator = {
    write,
    beat() {
      if (isAllowed()) write(':\n\n')
      else response.end()
    },
  }
  if (!events.add(spectator)) {
    response.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '30' })
    response.end('{"error":"too many people look on"}')
    return
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' })
  write('retry: 2000\n\n')
  response.once('close', () => {
    events.remove(spectator)
  })
  response.on('error', () => undefined)
}
