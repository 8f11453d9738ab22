import { memoryBytes } from '../../test/support/processes'
import { slope } from '../bench/rig/statistics'

export interface MemoryOf {
  readonly pid: number
  readonly role: string
  readonly minutes: number
  readonly firstMb: number
  readonly lastMb: number
  /** MB for each minute, least squares; the first minute is for caches and compilers. */
  readonly mbPerMinute: number
}

const MB = 1_000_000
const MINUTE_MS = 60_000

export interface MemoryWatch {
  note(role: string, pids: readonly number[]): void
  /** Of the processes that lived for so long. */
  report(minMinutes: number): readonly MemoryOf[]
}

export function watchMemory(): MemoryWatch {
  const seen = new Map<number, { readonly role: string; readonly points: { x: number; y: number }[] }>()
  return {
    note(role, pids) {
      for (const pid of pids) {
        const one = seen.get(pid) ?? { role, points: [] }
        seen.set(pid, one)
        const point = measure(pid)
        if (point) one.points.push(point)
      }
    },
    report: (minMinutes) =>
      [...seen]
        .map(([pid, { role, points }]) => summary(pid, role, points))
        .filter(({ minutes }) => minutes >= minMinutes),
  }
}

function measure(pid: number): { x: number; y: number } | undefined {
  try {
    return { x: performance.now() / MINUTE_MS, y: memoryBytes(pid) / MB }
  } catch {
    // It has just been killed.
    return undefined
  }
}

function summary(pid: number, role: string, points: readonly { x: number; y: number }[]): MemoryOf {
  const began = points[0]?.x ?? 0
  const settled = points.filter(({ x }) => x - began > 1)
  return {
    pid,
    role,
    minutes: (points.at(-1)?.x ?? began) - began,
    firstMb: settled[0]?.y ?? Number.NaN,
    lastMb: settled.at(-1)?.y ?? Number.NaN,
    mbPerMinute: slope(settled),
  }
}
