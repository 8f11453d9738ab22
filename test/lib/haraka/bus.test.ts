import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBus } from '../../../plugins/lib/haraka/bus'

const busModule = join(__dirname, '..', '..', '..', 'dist', 'lib', 'haraka', 'bus.js')

/** A master with workers; what one of them is told when it asks all. */
async function askInCluster(workers: number): Promise<{ role: string; answer: unknown }[]> {
  const dir = mkdtempSync(join(tmpdir(), 'bus-test-'))
  const script = join(dir, 'cluster.js')
  writeFileSync(
    script,
    `
    const cluster = require('node:cluster')
    const { createBus } = require(${JSON.stringify(busModule)})
    const bus = createBus(cluster.isPrimary ? 'master' : 'worker')
    bus.answer('number', (factor) => factor * 2)
    if (cluster.isPrimary) {
      let online = 0
      for (let i = 0; i < ${workers}; i++) cluster.fork()
      bus.subscribe('ready', () => { if (++online === ${workers}) bus.publish('go', Object.keys(cluster.workers)[0]) })
      bus.subscribe('result', (result) => { console.log(JSON.stringify(result)); process.exit() })
    } else {
      bus.subscribe('go', async (id) => {
        if (id === String(cluster.worker.id)) bus.publish('result', await bus.ask('number', 21, 10000))
      })
      bus.publish('ready')
    }`,
  )
  try {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    for await (const chunk of child.stdout) out += String(chunk)
    return JSON.parse(out) as { role: string; answer: unknown }[]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** A master that speaks to its workers before it knows that one was just killed; what it says in the end. */
async function speakToTheDead(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'bus-test-'))
  const script = join(dir, 'cluster.js')
  writeFileSync(
    script,
    `
    const cluster = require('node:cluster')
    const { createBus } = require(${JSON.stringify(busModule)})
    const bus = createBus(cluster.isPrimary ? 'master' : 'worker')
    if (cluster.isPrimary) {
      const worker = cluster.fork()
      bus.subscribe('ready', () => {
        let isOver = false
        const speak = () => { if (!isOver) { bus.publish('news', 'x'.repeat(100000)); setImmediate(speak) } }
        speak()
        worker.process.kill('SIGKILL')
        worker.on('exit', () => { isOver = true; setTimeout(() => { console.log('alive'); process.exit() }, 50) })
      })
    } else {
      bus.publish('ready')
      setInterval(() => {}, 1000)
    }`,
  )
  try {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'ignore'] })
    let out = ''
    for await (const chunk of child.stdout) out += String(chunk)
    return out.trim()
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

describe('bus between processes', () => {
  it('survives in the master that a worker it speaks to was killed a moment ago', async () => {
    assert.equal(await speakToTheDead(), 'alive')
  })

  it('asks the master and every worker, the one that asks included', async () => {
    const answers = await askInCluster(3)
    assert.deepEqual(answers.map(({ role, answer }) => `${role} ${String(answer)}`).sort(), [
      'master 42',
      'worker 42',
      'worker 42',
      'worker 42',
    ])
  })

  it('asks just itself where there is one process', async () => {
    const bus = createBus('single')
    bus.answer('number', (factor) => Number(factor) * 2)
    const answers = await bus.ask('number', 21)
    assert.deepEqual(answers, [{ pid: process.pid, role: 'single', answer: 42 }])
  })

  it('takes a responder that fails for one that says nothing', async () => {
    const bus = createBus('single')
    bus.answer('broken', () => {
      throw new Error('broken')
    })
    assert.deepEqual(await bus.ask('broken'), [{ pid: process.pid, role: 'single', answer: undefined }])
  })
})
