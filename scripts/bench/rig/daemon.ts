import { spawn, type ChildProcess } from 'node:child_process'
import { promises as dns } from 'node:dns'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/sbin']

export const findDaemon = (name: string): string | undefined =>
  FOLDERS.map((folder) => `${folder}/${name}`).find((path) => existsSync(path))

export interface Daemon {
  readonly pid: number
  stop(): Promise<void>
}

/** Starts a DNS daemon that stays in the foreground, and waits until it answers anything. */
export async function startDnsDaemon(
  program: string,
  args: readonly string[],
  address: string,
): Promise<Daemon> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  const resolver = new dns.Resolver({ timeout: 300, tries: 1 })
  resolver.setServers([address])
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) break
    const answered = await resolver.resolveNs('lists.net').then(
      () => true,
      (error: unknown) => !/ETIMEOUT|ECONNREFUSED/.test(String(error)) || /EREFUSED/.test(String(error)),
    )
    if (answered) return { pid: child.pid ?? 0, stop: () => stopChild(child) }
    await sleep(50)
  }
  await stopChild(child)
  throw new Error(`${program} did not start: ${complaints}`)
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill()
  await exited
}
