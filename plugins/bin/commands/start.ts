import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from '../commands'
import { findHaraka } from '../find-haraka'
import { describeInstance } from '../describe-instance'
import { UsageError } from '../usage-error'

/** Runs Haraka in this process, as `haraka -c DIR` does: one process to stop, one tree of workers. */
export const start: Command = {
  name: 'start',
  usage: 'start DIR',
  summary: 'run Haraka on an instance, in the foreground',
  options: [],
  run([dir, ...more]) {
    if (!dir || more.length > 0) throw new UsageError('start takes one folder')
    const instance = resolve(dir)
    if (!existsSync(join(instance, 'config', 'plugins'))) {
      throw new Error(`${dir} is not an instance (no config/plugins); create one: haraka-gateway init ${dir}`)
    }
    process.stdout.write(describeInstance(instance))
    const haraka = findHaraka(instance)
    // Workers inherit both: Haraka's folder of configuration, and readable stack traces.
    process.env.HARAKA = instance
    process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --enable-source-maps`.trim()
    process.argv = [process.execPath, haraka]
    require(haraka)
    return -1
  },
}
