/**
 * What the journal costs a gateway: CPU of its worker for each message, with the journal on and off in turns, so
 * that both meet the same noise. Needs postfix's smtp-source and smtp-sink and a built dist/.
 * npx ts-node scripts/bench/journal-throughput.ts [MESSAGES] [ROUNDS]
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../test/support/free-port'
import { startGateway } from '../../test/support/gateway'

const messages = Number(process.argv[2] ?? 1500)
const rounds = Number(process.argv[3] ?? 8)
const source = '/usr/sbin/smtp-source'
const TICK_US = 10_000

/** Of a process and all its threads, in microseconds. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK_US
}

const childrenOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task/${pid}`).includes('children')
    ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
    : []

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`${command} ended with ${code}`)
}

async function main(): Promise<void> {
  const sinkPort = await freePort()
  const sink = spawn(
    '/usr/sbin/smtp-sink',
    [...(process.getuid?.() === 0 ? ['-u', 'postfix'] : []), `127.0.0.1:${sinkPort}`, '100'],
    { stdio: 'ignore' },
  )
  const settings = (enabled: boolean): Record<string, unknown> => ({
    next_hops: { 'here.test': { host: '127.0.0.1', port: sinkPort, tls: 'off' } },
    journal: { enabled },
  })
  // Without the load balancer of the tests, whose PROXY line smtp-source does not write.
  const connection = readFileSync(join(__dirname, '..', '..', 'config', 'connection.ini'), 'utf8')
  const gateway = await startGateway({
    settings: settings(true),
    nodes: 1,
    files: { 'connection.ini': connection.replace('hosts[] =', 'hosts[]=') },
  })
  try {
    const [tool] = childrenOf(process.pid).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('haraka-gateway'),
    )
    const [worker] = tool === undefined ? [] : childrenOf(tool)
    if (worker === undefined) throw new Error('no worker found')
    const load = async (count: number): Promise<{ cpu: number; wall: number }> => {
      const cpu = cpuOf(worker)
      const began = performance.now()
      await run(source, [
        ...['-s', '8', '-m', String(count), '-l', '2000'],
        ...['-f', 'anna@sender.example', '-t', 'bob@here.test', `127.0.0.1:${gateway.port}`],
      ])
      return { cpu: (cpuOf(worker) - cpu) / count, wall: (performance.now() - began) / count }
    }
    await load(messages)
    const results: Record<'on' | 'off', { cpu: number; wall: number }[]> = { on: [], off: [] }
    for (let round = 0; round < rounds; round++) {
      for (const state of round % 2 === 0 ? (['on', 'off'] as const) : (['off', 'on'] as const)) {
        await gateway.changeSettings({
          ...settings(state === 'on'),
          inactivity_timeout: 301 + round * 2 + (state === 'on' ? 1 : 0),
        })
        results[state].push(await load(messages))
      }
    }
    const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
    const cpu = { on: median(results.on.map((r) => r.cpu)), off: median(results.off.map((r) => r.cpu)) }
    const wall = { on: median(results.on.map((r) => r.wall)), off: median(results.off.map((r) => r.wall)) }
    console.log(
      `CPU a message: off ${cpu.off.toFixed(0)} µs, on ${cpu.on.toFixed(0)} µs: ${((cpu.on / cpu.off - 1) * 100).toFixed(1)} %`,
    )
    console.log(
      `time a message: off ${wall.off.toFixed(3)} ms, on ${wall.on.toFixed(3)} ms: ${((wall.on / wall.off - 1) * 100).toFixed(1)} %`,
    )
    console.log(JSON.stringify(results))
  } finally {
    sink.kill()
    await gateway.stop()
  }
}

void main()
