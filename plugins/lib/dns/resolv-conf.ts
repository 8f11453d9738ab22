import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { Clock } from '../clock'
import type { ServerAddress } from './server-address'

/** As resolv.conf(5): at most three servers; none named means the one on this machine. */
const maxServers = 3
const localServer: ServerAddress = { host: '127.0.0.1', port: 53 }
const checkEveryMs = 5000

export function parseResolvConf(text: string): readonly ServerAddress[] {
  const servers = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([keyword, host = '']) => keyword === 'nameserver' && isIP(host) !== 0)
    .map(([, host = '']): ServerAddress => ({ host, port: 53 }))
  return servers.length > 0 ? servers.slice(0, maxServers) : [localServer]
}

export interface ResolvConf {
  readonly servers: readonly ServerAddress[]
  /** Reads the file again if that was some seconds ago, and calls back when its text has changed. */
  refresh(onChange: () => void): void
}

export function openResolvConf(path: string, clock: Clock): ResolvConf {
  let text = readNow(path)
  let servers = parseResolvConf(text)
  let checkedAt = clock.monotonic()
  return {
    get servers() {
      return servers
    },
    refresh(onChange) {
      if (clock.monotonic() - checkedAt < checkEveryMs) return
      checkedAt = clock.monotonic()
      readFile(path, 'utf8').then(
        (latest) => {
          if (latest === text) return
          text = latest
          servers = parseResolvConf(latest)
          onChange()
        },
        // A file that is gone for a moment (replaced, unmounted) changes nothing.
        () => undefined,
      )
    },
  }
}

function readNow(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
