import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../../test/support/eventually'
import { createInstance, type Instance } from '../../test/support/gateway'
import { hasRedis, startRedis } from '../../test/support/redis'
import { mountSmallDisk } from '../../test/support/small-disk'
import { uiUser, webClient } from '../../test/support/web'
import type { Surroundings } from './faults'
import { startNames } from './names'
import { openMaildir, startNextHop, type Mailbox, type NextHop } from './places'
import { startService } from './service'

export interface Rig extends Surroundings {
  readonly port: number
  /** A next hop that never fails. */
  readonly other: NextHop
  readonly mailbox: Mailbox
  /** Files of messages that wait for their next hop. */
  queued(): number
  stop(): Promise<void>
}

const WORKERS = 2
const SERVING = /mail-core\] listening on /g
const DISK_MB = 1500
const PASSWORD = 'correct horse battery'
export const logFile = join(__dirname, '..', '..', 'test-output', 'soak', 'gateway.log')

type Settings = Record<string, unknown>

/** A gateway on a disk of its own, and everything around it that may break. */
export async function startRig(): Promise<Rig> {
  const [names, hop, other] = [await startNames(), await startNextHop(), await startNextHop()]
  const redis = hasRedis() ? await startRedis() : undefined
  const disk = mountSmallDisk(DISK_MB)
  const outside = mkdtempSync(join(tmpdir(), 'soak-'))
  const clockFile = join(outside, 'clock')
  const settings = settingsOf({ hop: hop.port, other: other.port, dns: names.address, redis: redis?.url })
  const instance = await createInstanceOn(disk?.path ?? outside, settings)
  const service = startService({ dir: instance.dir, logFile, env: environment(clockFile, outside) })
  const isServing = (): boolean => (readFileSync(logFile, 'utf8').match(SERVING)?.length ?? 0) >= WORKERS
  await eventually('the workers to listen', isServing, 120_000)
  return {
    ...{ names, hop, other, redis, disk, service, clockFile },
    port: instance.port,
    mailbox: openMaildir(join(instance.dir, 'maildir')),
    saveSettings: saving(instance, settings),
    queued: () => readdirSync(join(instance.dir, 'queue')).length,
    async stop() {
      await service.stop()
      await hop.leave()
      await other.leave()
      await names.stop()
      await redis?.stop()
      disk?.remove()
      rmSync(outside, { recursive: true, force: true })
    },
  }
}

interface Ports {
  readonly hop: number
  readonly other: number
  readonly dns: string
  readonly redis: string | undefined
}

function settingsOf({ hop, other, dns, redis }: Ports): Settings {
  const at = (port: number) => ({ host: '127.0.0.1', port, tls: 'off', timeout: 10 })
  return {
    dns: { servers: [dns], timeout: 1000, retest: 5 },
    next_hops: { 'forwarded.net': at(hop), 'other.net': at(other), 'stored.net': { maildir: 'maildir' } },
    message_size: { limit: 200_000 },
    ip_blocklists: { custom: [{ zone: 'bl.test' }] },
    domain_blocklists: { custom: [{ zone: 'dbl.test' }] },
    uri_blocklists: { custom: [{ zone: 'uri.test' }] },
    journal: { max_size: 100_000_000 },
    ...(redis !== undefined && { fleet: { redis, name: 'soak', node: 'a' } }),
  }
}

async function createInstanceOn(folder: string, settings: Settings): Promise<Instance> {
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    const instance = await createInstance({
      nodes: WORKERS,
      web: true,
      settings,
      secrets: { ui_users: { anna: await uiUser(PASSWORD, 'editor') } },
      files: {
        'outbound.ini': 'temp_fail_intervals=5s*1000\n',
      },
    })
    writeFileSync(join(instance.dir, 'config', 'log.ini'), '[main]\nlevel=notice\ntimestamps=true\n')
    return instance
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}

function environment(clockFile: string, folder: string): NodeJS.ProcessEnv {
  writeFileSync(clockFile, '0')
  const preload = join(__dirname, '..', '..', 'test', 'support', 'clock-shift.js')
  return {
    ...process.env,
    TMPDIR: folder,
    CLOCK_SHIFT_FILE: clockFile,
    NODE_OPTIONS: `--require ${preload}`,
  }
}

function saving({ dir, webPort, settingsText }: Instance, settings: Settings): Rig['saveSettings'] {
  const file = join(dir, 'config', 'gateway.yaml')
  let saves = 0
  const byHand = (): string => {
    // As editors do: a new file in its place.
    writeFileSync(`${file}.new`, settingsText({ ...settings, greeting: [`Save ${saves}`] }))
    renameSync(`${file}.new`, file)
    return readFileSync(file, 'utf8').includes(`Save ${saves}`) ? 'saved' : 'overwritten'
  }
  const byPage = async (): Promise<string> => {
    const gateway = { url: `http://127.0.0.1:${webPort}/gateway` }
    const login = await webClient(gateway).call('/login', {
      method: 'POST',
      body: { name: 'anna', password: PASSWORD },
    })
    const cookie = login.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
    const { csrf } = login.json as { csrf: string }
    const web = webClient(gateway, { cookie, csrf })
    const { version } = (await web.call('/settings')).json as { version: string }
    const { status } = await web.call('/settings', {
      method: 'PATCH',
      headers: { 'If-Match': `"${version}"` },
      body: { changes: [{ path: ['greeting'], value: [`Save ${saves}`] }] },
    })
    return status === 200 ? 'saved' : `status ${status}`
  }
  return async (how) => {
    saves += 1
    try {
      return how === 'hand' ? byHand() : await byPage()
    } catch (error) {
      return (error as Error).message
    }
  }
}
