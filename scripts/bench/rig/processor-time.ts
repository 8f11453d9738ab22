import { readFileSync } from 'node:fs'

/** USER_HZ of Linux, on every architecture that Node runs on. */
const TICK_MS = 10

/** CPU that a process and those it has started have used so far, all their threads, in milliseconds. */
export function processorMs(pid: number): number {
  return familyOf(pid).reduce((sum, member) => sum + ownMs(member), 0)
}

export function familyOf(pid: number): readonly number[] {
  return [pid, ...childrenOf(pid).flatMap(familyOf)]
}

function ownMs(pid: number): number {
  // The name of the program, in brackets, may hold spaces: fields 14 and 15 of proc_pid_stat(5) count from behind it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}
