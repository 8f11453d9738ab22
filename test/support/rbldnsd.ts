import { spawn } from 'node:child_process'
import { promises as dns } from 'node:dns'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { isIPv4 } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freeUdpPort } from './free-port'

const programs = ['/usr/sbin/rbldnsd', '/usr/local/sbin/rbldnsd', '/usr/bin/rbldnsd']
const dataset = '$SOA 300 ns.test hostmaster.test 1 600 300 86400 60\n$NS 300 ns.test\n'

export interface Rbldnsd {
  /** `127.0.0.1:PORT` */
  readonly address: string
  stop(): Promise<void>
}

export interface RbldnsdOptions {
  /** By zone, then by name inside it: `{ 'bl.test': { '2.0.0.127': ['127.0.0.2', 'why'] } }`. Texts become TXT. */
  readonly zones: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

/** The path of rbldnsd; undefined skips a test on a developer's machine, and fails it under CI. */
export function findRbldnsd(): string | undefined {
  const program = programs.find((path) => existsSync(path))
  if (!program && process.env.CI) throw new Error('rbldnsd is not installed: apt-get install rbldnsd')
  return program
}

/** The server that list providers run, on a free port; TTL 300 s, negative TTL 60 s, NXDOMAIN for other names. */
export async function startRbldnsd({ zones }: RbldnsdOptions): Promise<Rbldnsd> {
  const program = findRbldnsd()
  if (!program) throw new Error('rbldnsd is not installed')
  const folder = await mkdtemp(join(tmpdir(), 'rbldnsd-'))
  // It gives up root before it reads its files.
  await chmod(folder, 0o755)
  const zoneArguments = await writeZones(folder, zones)
  const port = await freeUdpPort()
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const options = ['-n', '-b', `127.0.0.1/${port}`, '-w', folder, ...user, ...zoneArguments]
  const child = spawn(program, options, { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      child.kill()
      await exited
    }
    await rm(folder, { recursive: true, force: true })
  }
  const address = `127.0.0.1:${port}`
  try {
    await waitUntilItAnswers(address, () => child.exitCode !== null)
  } catch {
    await stop()
    throw new Error(`rbldnsd did not start: ${complaints}`)
  }
  return { address, stop }
}

async function writeZones(folder: string, zones: RbldnsdOptions['zones']): Promise<string[]> {
  return Promise.all(
    Object.entries(zones).map(async ([zone, entries], index) => {
      const records = Object.entries(entries).flatMap(([name, values]) =>
        values.map((value) => (isIPv4(value) ? `${name} 300 A ${value}\n` : `${name} 300 TXT "${value}"\n`)),
      )
      await writeFile(join(folder, `zone-${index}`), dataset + records.join(''), { mode: 0o644 })
      return `${zone}:generic:zone-${index}`
    }),
  )
}

async function waitUntilItAnswers(address: string, isDead: () => boolean) {
  const resolver = new dns.Resolver({ timeout: 250, tries: 1 })
  resolver.setServers([address])
  for (let attempt = 0; attempt < 100 && !isDead(); attempt++) {
    const isAnswered = await resolver.resolveSoa('ready.invalid').then(
      () => true,
      // It refuses what is not in its zones.
      (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EREFUSED',
    )
    if (isAnswered) return
    await sleep(50)
  }
  throw new Error('no answer')
}
