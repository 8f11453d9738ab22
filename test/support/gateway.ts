import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { eventually } from './eventually'
import { freePort } from './free-port'
import { greetedSmtp, type SmtpClient } from './smtp-client'

export const tool = join(__dirname, '..', '..', 'dist', 'bin', 'haraka-gateway.js')

export interface GatewayOptions {
  /** gateway.yaml beyond `listen`. */
  readonly settings?: Record<string, unknown>
  readonly secrets?: Record<string, unknown>
  /** Lines of config/plugins; default: those of a new instance. */
  readonly plugins?: readonly string[]
  /** Files below config/, by name. */
  readonly files?: Readonly<Record<string, string>>
  /** Plain Haraka plugins of the instance, by name: their code. */
  readonly ownPlugins?: Readonly<Record<string, string>>
  readonly nodes?: number | 'cpus'
  readonly hostname?: string
  /** Whether clients tell their address through the PROXY protocol; default: they do. */
  readonly proxy?: boolean
  /** Whether the web page is served; default: it is not. */
  readonly web?: boolean
  /** Where it is served; default: a free port. */
  readonly webPort?: number
  /** Where it listens for SMTP; default: 127.0.0.1 and a free port. */
  readonly listen?: { readonly address: string; readonly port: number }
}

export interface Gateway {
  readonly dir: string
  /** Of the first of its processes. */
  readonly pid: number
  readonly port: number
  /** Of the web page, without a slash at the end. */
  readonly url: string
  /** Opens a session, from `ip` through the PROXY protocol, and reads the greeting. */
  client(ip?: string): Promise<SmtpClient & { greeting: string }>
  /** Replaces gateway.yaml (with this gateway's `listen`) and waits until every worker has applied it. */
  changeSettings(settings: Record<string, unknown>): Promise<void>
  writeConfig(name: string, text: string): void
  log(): string
  /** Waits for a log line. */
  logged(pattern: RegExp): Promise<string>
  /** Messages in a maildir of the instance. */
  maildir(name?: string): string[]
  signal(signal: NodeJS.Signals): void
  exited(): Promise<number | null>
  stop(): Promise<void>
}

const webPortOf = async ({ web, webPort }: GatewayOptions): Promise<number> =>
  web === true ? (webPort ?? (await freePort())) : 0
const placeOf = async ({ listen }: GatewayOptions): Promise<{ address: string; port: number }> =>
  listen ?? { address: '127.0.0.1', port: await freePort() }

/** Where an instance is, and where it will listen. */
export interface Instance {
  readonly dir: string
  readonly address: string
  readonly port: number
  readonly webPort: number
  /** gateway.yaml with this instance's `listen`. */
  readonly settingsText: (settings: Record<string, unknown>) => string
}

export async function createInstance(options: GatewayOptions): Promise<Instance> {
  const dir = mkdtempSync(join(tmpdir(), 'gateway-test-'))
  const { address, port } = await placeOf(options)
  const webPort = await webPortOf(options)
  const initialised = spawnSync(process.execPath, [tool, 'init', dir, '--smtp', `${address}:${port}`], {
    encoding: 'utf8',
  })
  if (initialised.status !== 0) throw new Error(`init failed: ${initialised.stderr}`)
  const config = (name: string): string => join(dir, 'config', name)
  const settingsText = (settings: Record<string, unknown>): string =>
    stringify({ listen: { address, smtp: false, other: [port] }, ...settings })

  if (options.settings) writeFileSync(config('gateway.yaml'), settingsText(options.settings))
  if (options.secrets) writeFileSync(config('gateway.secrets.yaml'), stringify(options.secrets))
  chmodSync(config('gateway.secrets.yaml'), 0o600)
  if (options.plugins) writeFileSync(config('plugins'), options.plugins.join('\n'))
  for (const [name, text] of Object.entries(options.files ?? {})) writeFileSync(config(name), text)
  for (const [name, code] of Object.entries(options.ownPlugins ?? {})) {
    writeFileSync(join(dir, 'plugins', `${name}.js`), code)
  }
  writeFileSync(config('http.ini'), webPort === 0 ? '' : `listen=127.0.0.1:${webPort}\n`)
  writeFileSync(config('me'), options.hostname ?? 'mx.gateway.test')
  writeFileSync(
    config('smtp.ini'),
    `nodes=${options.nodes ?? 0}\ngraceful_shutdown=true\nforce_shutdown_timeout=5\n`,
  )
  writeFileSync(config('log.ini'), '[main]\nlevel=info\ntimestamps=true\n')
  const connection = readFileSync(config('connection.ini'), 'utf8')
  if (options.proxy !== false)
    writeFileSync(config('connection.ini'), connection.replace('hosts[] =', 'hosts[] = 127.0.0.1'))
  return { dir, address, port, webPort, settingsText }
}

/** A real Haraka on a new instance, in a process of its own. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { dir, address, port, webPort, settingsText } = await createInstance(options)
  const nodes = options.nodes ?? 0
  let log = ''
  const child = spawn(process.execPath, [tool, 'start', dir], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
  let exitCode: number | null | undefined
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      exitCode = code
      resolve(code)
    })
  })

  const processes = nodes === 'cpus' ? cpus().length : Math.max(nodes, 1)
  const count = (pattern: RegExp): number => log.match(new RegExp(pattern, 'g'))?.length ?? 0
  const listening = (): boolean => {
    if (exitCode !== undefined) throw new Error(`the gateway ended with ${exitCode}:\n${log}`)
    return count(/\] listening on 127\.0\.0\.\d:/) >= processes
  }
  await eventually(`the gateway to listen`, listening, 60_000).catch((error: unknown) => {
    child.kill('SIGKILL')
    throw new Error(`${(error as Error).message}\n${log}`)
  })

  return {
    dir,
    pid: child.pid ?? 0,
    port,
    url: `http://127.0.0.1:${webPort}/gateway`,
    client: (ip) =>
      greetedSmtp({ port, host: address, ...(options.proxy !== false && { ip: ip ?? '127.0.0.1' }) }),
    async changeSettings(settings) {
      const before = count(/settings applied/)
      writeFileSync(join(dir, 'config', 'gateway.yaml'), settingsText(settings))
      // The master applies them too, to test lists.
      const wanted = before + (nodes === 0 ? 1 : processes + 1)
      await eventually('all processes to apply the settings', () => count(/settings applied/) >= wanted)
    },
    writeConfig: (name, text) => {
      writeFileSync(join(dir, 'config', name), text)
    },
    log: () => log,
    logged: (pattern) =>
      eventually(`log line ${pattern}`, () => log.split('\n').find((line) => pattern.test(line))),
    maildir(name = 'maildir') {
      const folder = join(dir, name, 'new')
      try {
        return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'))
      } catch {
        return []
      }
    },
    signal: (signal) => child.kill(signal),
    exited: () => exited,
    async stop() {
      if (exitCode === undefined) child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await exited
      clearTimeout(timer)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
