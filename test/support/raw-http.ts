import { connect, type Socket } from 'node:net'
import type { Gateway } from './gateway'

export interface RawAnswer {
  /** 0 when the connection was closed without an answer. */
  readonly status: number
  /** Everything that came. */
  readonly text: string
}

/** Sends bytes to the page's port as they are, which no HTTP client would, and reads until the gateway closes. */
export async function sendRaw(
  gateway: Pick<Gateway, 'url'>,
  bytes: string,
  andThen: (socket: Socket) => void = () => undefined,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(gateway.url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString()))
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write(bytes)
  andThen(socket)
  await closed
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text }
}

/** A request of lines, after which the connection is to be closed. */
export const rawRequest = (line: string, ...fields: readonly string[]): string =>
  [`${line} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...fields, '', ''].join('\r\n')
