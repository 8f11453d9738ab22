import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { formatError } from '../../lib/settings/format-errors'
import { endpointName, wantedEndpoints } from '../../lib/haraka/endpoints'
import type { Settings } from '../../lib/settings/schema'
import type { Command } from '../commands'
import { findHaraka } from '../find-haraka'
import { loadInstanceSettings, loadLastGoodSettings, parseInstance, type Instance } from '../instance'

/** Runs Haraka in this process, as `haraka -c DIR` does: one process to stop, one tree of workers. */
export const start: Command = {
  name: 'start',
  usage: 'start DIR',
  summary: 'run Haraka on an instance, in the foreground',
  options: [],
  run(args) {
    const instance = parseInstance('start', args)
    const settings = startSettings(instance)
    if (!settings) return 1
    const haraka = findHaraka(instance.dir)
    process.stdout.write(banner(instance, settings))
    // Workers inherit both: Haraka's folder of configuration, and readable stack traces.
    process.env.HARAKA = instance.dir
    process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --enable-source-maps`.trim()
    process.argv = [process.execPath, haraka]
    createRequire(haraka)(haraka)
    return -1
  },
}

/** Says what is wrong with the settings; a gateway that ran before starts with what was good then. */
function startSettings(instance: Instance): Settings | undefined {
  const result = loadInstanceSettings(instance)
  if (result.kind === 'ok') return result.loaded.settings
  for (const error of result.errors) process.stderr.write(`${formatError(error)}\n`)
  const lastGood = loadLastGoodSettings(instance)
  if (lastGood) process.stderr.write('starting with the last good settings\n')
  return lastGood?.settings
}

function banner(instance: Instance, settings: Settings): string {
  const smtp = wantedEndpoints(settings.listen).map(endpointName).join(', ')
  const pages = httpEndpoints(instance).map((endpoint) => `http://${endpoint}/gateway/`)
  return [
    'Secure gateway for Haraka',
    `  SMTP         ${smtp || 'nowhere: listen in the settings names no port'}`,
    `  web page     ${pages.join(', ') || 'nowhere: http.ini names no port'}`,
    `  settings     ${instance.name}/config/gateway.yaml (changes apply at once)`,
    '  stop         Ctrl-C',
    '',
  ].join('\n')
}

function httpEndpoints({ configDir }: Instance): readonly string[] {
  const file = join(configDir, 'http.ini')
  const [, listen = ''] = /^listen\s*=(.*)$/m.exec(existsSync(file) ? readFileSync(file, 'utf8') : '') ?? []
  return listen
    .split(',')
    .map((endpoint) => endpoint.trim())
    .filter((endpoint) => endpoint !== '')
}
