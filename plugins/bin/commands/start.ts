import { createRequire } from 'node:module'
import { formatError } from '../../lib/settings/format-errors'
import { endpointName } from '../../mail-core/listeners'
import { wantedEndpoints } from '../../mail-core/wanted-endpoints'
import type { Settings } from '../../lib/settings/schema'
import type { Command } from '../commands'
import { findHaraka } from '../find-haraka'
import { loadInstanceSettings, parseInstance, type Instance } from '../instance'

/** Runs Haraka in this process, as `haraka -c DIR` does: one process to stop, one tree of workers. */
export const start: Command = {
  name: 'start',
  usage: 'start DIR',
  summary: 'run Haraka on an instance, in the foreground',
  options: [],
  run(args) {
    const instance = parseInstance('start', args)
    const settings = loadInstanceSettings(instance)
    if (settings.kind === 'invalid') {
      for (const error of settings.errors) process.stderr.write(`${formatError(error)}\n`)
      return 1
    }
    const haraka = findHaraka(instance.dir)
    process.stdout.write(banner(instance, settings.loaded.settings))
    // Workers inherit both: Haraka's folder of configuration, and readable stack traces.
    process.env.HARAKA = instance.dir
    process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --enable-source-maps`.trim()
    process.argv = [process.execPath, haraka]
    createRequire(haraka)(haraka)
    return -1
  },
}

function banner(instance: Instance, settings: Settings): string {
  const smtp = wantedEndpoints(settings.listen).map(endpointName).join(', ')
  return [
    'Secure gateway for Haraka',
    `  SMTP      ${smtp || 'nowhere: listen in the settings names no port'}`,
    `  settings  ${instance.name}/config/gateway.yaml (changes apply at once)`,
    '  stop      Ctrl-C',
    '',
  ].join('\n')
}
