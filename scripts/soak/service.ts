import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { tool } from '../../test/support/gateway'
import { familyOf } from '../bench/rig/processor-time'

/** A gateway that is started again whenever it ends, as docs/haraka-gateway.service has systemd do it. */
export interface Service {
  /** Undefined between two lives. */
  master(): number | undefined
  workers(): readonly number[]
  starts(): number
  stop(): Promise<void>
}

export interface ServiceOptions {
  readonly dir: string
  /** Where standard output goes; it must not be on the instance's disk. */
  readonly logFile: string
  readonly env: NodeJS.ProcessEnv
}

const RESTART_MS = 2000
const STOP_MS = 60_000

export function startService({ dir, logFile, env }: ServiceOptions): Service {
  mkdirSync(dirname(logFile), { recursive: true })
  let child: ChildProcess | undefined
  let starts = 0

  const live = async (): Promise<void> => {
    const log = openSync(logFile, starts === 0 ? 'w' : 'a')
    starts += 1
    const process_ = spawn(process.execPath, [tool, 'start', dir], { stdio: ['ignore', log, log], env })
    closeSync(log)
    child = process_
    await new Promise((resolve) => process_.once('exit', resolve))
    child = undefined
  }
  const stopped = new AbortController()
  const lives = (async () => {
    while (!stopped.signal.aborted) {
      await live()
      await sleep(RESTART_MS, undefined, { signal: stopped.signal }).catch(() => undefined)
    }
  })()
  const family = (): readonly number[] => (child?.pid === undefined ? [] : familyOf(child.pid))

  return {
    master: () => child?.pid,
    workers: () => family().slice(1),
    starts: () => starts,
    async stop() {
      stopped.abort()
      child?.kill('SIGTERM')
      const timer = setTimeout(() => child?.kill('SIGKILL'), STOP_MS)
      await lives
      clearTimeout(timer)
    },
  }
}
