import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { freePort } from '../../../test/support/free-port'
import type { Instance, Peer } from './peers'
import { familyOf, mainThreadMs, processorMs } from './processor-time'

const root = join(__dirname, '..', '..', '..')
const toolOf = (dist = join(root, 'dist')): string => join(dist, 'bin', 'haraka-gateway.js')
const defaults = join(root, 'config')

export interface RunningPeer {
  readonly name: string
  readonly port: number
  readonly dir: string
  readonly pid: number
  /** From starting the process to the first greeting. */
  readonly startMs: number
  /** CPU of all its processes so far. */
  processorMs(): number
  /** Of its first process, without what compiles and collects garbage beside it. */
  mainThreadMs(): number
  /** The processes that have sessions. */
  workers(): readonly number[]
  /** Asks the probe in a worker; default: the first. */
  probe<Answer>(order: string, pid?: number): Promise<Answer>
  log(): string
  stop(): Promise<void>
}

export interface PeerOptions {
  readonly nameServer: string
  readonly sinkPort: number
  /** Worker processes; 0: everything in one process. */
  readonly nodes?: number
}

/** A real Haraka in processes of its own, listening for load. */
export async function startPeer(peer: Peer, options: PeerOptions): Promise<RunningPeer> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-haraka-'))
  const port = await freePort()
  const { instance } = peer
  createInstance(instance, dir, port, options)
  const startedAt = performance.now()
  const logPath = join(dir, 'log')
  const logFile = openSync(logPath, 'a')
  const child = spawn(process.execPath, commandOf(instance, dir), {
    stdio: ['ignore', logFile, logFile],
    env: { ...process.env, HARAKA: dir, BENCH_NAME_SERVER: options.nameServer },
  })
  closeSync(logFile)
  const log = (): string => readFileSync(logPath, 'utf8')
  const pid = child.pid ?? 0
  await untilGreeted(port, child, log)
  const workers = (): readonly number[] => familyOf(pid).slice(options.nodes ? 1 : 0)
  return {
    name: peer.name,
    port,
    dir,
    pid,
    startMs: performance.now() - startedAt,
    processorMs: () => processorMs(pid),
    mainThreadMs: () => mainThreadMs(pid),
    workers,
    probe: (order, worker = workers()[0]) => probe(join(dir, `probe-${worker}`), order),
    log,
    stop: () => stop(child, dir),
  }
}

function createInstance(instance: Instance, dir: string, port: number, options: PeerOptions): void {
  const write = (name: string, text: string): void => {
    writeFileSync(join(dir, 'config', name), text)
  }
  if (instance.kind === 'gateway') {
    const { status, stderr } = spawnSync(process.execPath, [toolOf(instance.dist), 'init', dir], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`no instance: ${stderr}`)
    write('gateway.yaml', stringify(gatewaySettings(instance.settings, port, options)))
  } else {
    mkdirSync(join(dir, 'config'), { recursive: true })
    for (const name of ['connection.ini', 'log.ini']) cpSync(join(defaults, name), join(dir, 'config', name))
    mkdirSync(join(dir, 'plugins'))
    writeFileSync(join(dir, 'plugins', 'bench-parsing.js'), PARSING)
    write('plugins', instance.plugins.join('\n'))
    write('host_list', 'here.test')
    write('smtp_forward.ini', `host=127.0.0.1\nport=${options.sinkPort}\n`)
    for (const [name, text] of Object.entries(instance.files)) write(name, text)
  }
  addProbe(dir)
  const connection = readFileSync(join(dir, 'config', 'connection.ini'), 'utf8')
  write('connection.ini', connection.replace('hosts[] =', 'hosts[] = 127.0.0.1'))
  write('smtp.ini', `listen=127.0.0.1:${port}\nnodes=${options.nodes ?? 0}\ngraceful_shutdown=false\n`)
  write('me', 'mx.bench.test')
}

function gatewaySettings(
  settings: Readonly<Record<string, unknown>>,
  port: number,
  { nameServer, sinkPort }: PeerOptions,
): Record<string, unknown> {
  return {
    listen: { address: '127.0.0.1', smtp: false, other: [port] },
    dns: { servers: [nameServer] },
    next_hops: { 'here.test': { host: '127.0.0.1', port: sinkPort, tls: 'off' } },
    ...settings,
  }
}

function addProbe(dir: string): void {
  const folder = join(dir, 'plugins', 'bench-probe')
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "name": "bench-probe", "main": "index.js" }')
  cpSync(join(__dirname, 'probe.js'), join(folder, 'index.js'))
  const plugins = join(dir, 'config', 'plugins')
  writeFileSync(plugins, `${readFileSync(plugins, 'utf8')}\nbench-probe\n`)
}

const PARSING = `exports.hook_data = function (next, connection) {
  connection.transaction.parse_body = true
  next()
}
`

function commandOf(instance: Instance, dir: string): string[] {
  const preload = ['--expose-gc', '-r', join(__dirname, 'preload.js')]
  return instance.kind === 'gateway'
    ? [...preload, toolOf(instance.dist), 'start', dir]
    : [...preload, require.resolve('haraka/haraka.js')]
}

async function untilGreeted(port: number, child: ChildProcess, log: () => string): Promise<void> {
  for (let attempt = 0; attempt < 1200 && child.exitCode === null; attempt++) {
    if (await greets(port)) return
    await sleep(25)
  }
  child.kill('SIGKILL')
  throw new Error(`Haraka did not start:\n${log()}`)
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => socket.write('PROXY TCP4 127.0.0.1 127.0.0.1 50000 25\r\n'))
    socket.on('data', () => {
      resolve(true)
      socket.destroy()
    })
    socket.on('error', () => {
      resolve(false)
    })
    socket.on('close', () => {
      resolve(false)
    })
  })
}

function probe<Answer>(path: string, order: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(path)
    socket.on('connect', () => socket.write(order))
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('end', () => {
      resolve(JSON.parse(text) as Answer)
    })
    socket.on('error', reject)
  })
}

/** SIGINT ends every Haraka. */
async function stop(child: ChildProcess, dir: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit')
    child.kill('SIGINT')
    const timer = setTimeout(() => child.kill('SIGKILL'), 8000)
    await exited
    clearTimeout(timer)
  }
  rmSync(dir, { recursive: true, force: true })
}
