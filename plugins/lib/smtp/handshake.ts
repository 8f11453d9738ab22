import type { Socket } from 'node:net'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { SmtpError } from './error'

/** TLS over a connected socket, or an error of kind `tls` and no socket at all. */
export function shakeHands(
  plain: Socket,
  options: ConnectionOptions,
  deadlineMs: number,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connect({ ...options, socket: plain })
    const fail = (reason: string): void => {
      clearTimeout(timer)
      secured.destroy()
      plain.destroy()
      reject(new SmtpError('tls', `TLS handshake: ${reason}`))
    }
    const timer = setTimeout(fail, deadlineMs, 'takes too long')
    const closed = (): void => {
      fail('the connection ended')
    }
    // A destroyed socket may still have an error to tell: its listener stays.
    secured.on('error', (error: Error) => {
      fail(error.message)
    })
    secured.once('close', closed)
    secured.once('secureConnect', () => {
      clearTimeout(timer)
      secured.off('close', closed)
      resolve(secured)
    })
  })
}
