import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { DeepReadonly, NextHop, SmtpNextHop } from '../settings/schema'
import { connectSmtp } from '../smtp/client'
import type { Trial, TrialOptions } from './index'

const CONNECT_TIMEOUT_MS = 4000

/** Next hops that are new or changed: does each host say hello, with TLS where that is required? */
export function nextHopTrials({ next, now, hostname, instanceDir }: TrialOptions): Trial[] {
  const before = now.settings.next_hops
  return Object.entries(next.settings.next_hops).flatMap(([domain, nextHop]) => {
    if (Object.hasOwn(before, domain) && isDeepStrictEqual(before[domain], nextHop)) return []
    const path = ['next_hops', domain]
    if ('maildir' in nextHop) {
      return [
        {
          path,
          what: `maildir ${nextHop.maildir}`,
          run: () => Promise.resolve(maildirFault(nextHop, instanceDir)),
        },
      ]
    }
    const hosts = typeof nextHop.host === 'string' ? [nextHop.host] : nextHop.host
    return hosts.map((host) => ({
      path,
      what: `next hop ${host}:${nextHop.port}`,
      run: (signal: AbortSignal) => greet(host, nextHop, hostname, signal),
    }))
  })
}

/** Up to EHLO: nobody signs in, since a wrong password tried often locks accounts. */
async function greet(
  host: string,
  { port, tls }: DeepReadonly<SmtpNextHop>,
  helloName: string,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const timeouts = { connectTimeoutMs: CONNECT_TIMEOUT_MS, replyTimeoutMs: CONNECT_TIMEOUT_MS }
    const session = await connectSmtp({ host, port, tls, helloName, signal, ...timeouts })
    await session.quit()
    return []
  } catch (error) {
    return [`next hop ${host}:${port} cannot be used now: ${(error as Error).message}`]
  }
}

/** It is made when the first message comes, in a folder that must be writable. */
function maildirFault(
  { maildir }: Extract<DeepReadonly<NextHop>, { maildir: string }>,
  instanceDir: string,
): string[] {
  let folder = resolve(instanceDir, maildir)
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder)
  try {
    accessSync(folder, constants.W_OK)
    return []
  } catch {
    return [`maildir ${maildir} cannot be written: ${folder} is not writable by the user that Haraka runs as`]
  }
}
