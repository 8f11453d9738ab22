import { readdirSync, readFileSync } from 'node:fs'

/** CPU that a process and those it has started have used so far, all their threads, in milliseconds. */
export function processorMs(pid: number): number {
  return familyOf(pid).reduce((sum, member) => sum + allThreadsMs(member), 0)
}

/** Of the thread that JavaScript runs in; the others compile, collect garbage and write the journal. */
export const mainThreadMs = (pid: number): number => threadMs(pid, pid)

export function familyOf(pid: number): readonly number[] {
  return [pid, ...childrenOf(pid).flatMap(familyOf)]
}

function allThreadsMs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + threadMs(pid, Number(thread)), 0)
}

/** In nanoseconds there, where /proc/PID/stat counts hundredths of a second. */
function threadMs(pid: number, thread: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ', 1)[0]) / 1e6
}

function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}
