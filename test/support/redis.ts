import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from './eventually'
import { freePort, isListening } from './free-port'

export interface RedisServer {
  readonly port: number
  readonly url: string
  /** A command of redis-cli; returns what it prints. */
  cli(...args: readonly string[]): string
  /** Ends it as a crash does; `start` brings it back on its port, empty. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Makes it hang, or go on. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

/** Whether there is a redis-server; without one a test is skipped, and fails under CI. */
export function hasRedis(): boolean {
  const found = spawnSync('redis-server', ['--version']).status === 0
  if (!found && process.env.CI) throw new Error('redis-server is not installed: apt-get install redis-server')
  return found
}

/** A Redis in memory, on a free port. */
export async function startRedis(...settings: readonly string[]): Promise<RedisServer> {
  const dir = mkdtempSync(join(tmpdir(), 'redis-test-'))
  return startServer(dir, (port) => [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--save',
    '',
    ...settings,
  ])
}

/** A sentinel that watches a master by the name of `mymaster`. */
export async function startSentinel(masterPort: number): Promise<RedisServer> {
  const dir = mkdtempSync(join(tmpdir(), 'redis-test-'))
  const file = join(dir, 'sentinel.conf')
  writeFileSync(file, `dir ${dir}\nsentinel monitor mymaster 127.0.0.1 ${masterPort} 1\n`)
  return startServer(dir, (port) => [file, '--sentinel', '--port', String(port)])
}

async function startServer(dir: string, argsFor: (port: number) => string[]): Promise<RedisServer> {
  // A node of a cluster also listens 10,000 above its port.
  const port = await freePort()
  let child: ChildProcess | undefined
  const args = argsFor(port)
  const ended = async (): Promise<void> => {
    const process = child
    child = undefined
    if (process?.exitCode === null && process.signalCode === null) {
      process.kill('SIGKILL')
      await new Promise((resolve) => process.once('exit', resolve))
    }
  }
  const server: RedisServer = {
    port,
    url: `redis://127.0.0.1:${port}`,
    cli: (...command) =>
      spawnSync('redis-cli', ['-p', String(port), ...command], { encoding: 'utf8' }).stdout.trim(),
    kill: ended,
    async start() {
      child = spawn('redis-server', args, { stdio: 'ignore' })
      await eventually('Redis to listen', () => isListening(port))
    },
    pause: () => child?.kill('SIGSTOP'),
    resume: () => child?.kill('SIGCONT'),
    async stop() {
      await ended()
      rmSync(dir, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}
