import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** A loopback address that nobody else is likely to use now: well-known ports are free on it. */
export function loopbackAddress(): string {
  return `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(2, 255)}`
}

/** Whether this user may open ports below 1024. */
export function mayBindLowPorts(): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => {
      resolve(false)
    })
    server.listen(25, loopbackAddress(), () => {
      server.close(() => {
        resolve(true)
      })
    })
  })
}
