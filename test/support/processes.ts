import { readFileSync } from 'node:fs'

const TICK_MS = 10

/** Processor time that a process has used, in ms (Linux). */
export function cpuMs(pid: number): number {
  // After the name, which may hold anything: utime and stime are fields 14 and 15 of proc(5).
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Memory that a process has in use, in bytes (Linux). */
export function memoryBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
  return Number(kilobytes) * 1024
}
