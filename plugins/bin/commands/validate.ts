import { formatError } from '../../lib/settings/format-errors'
import type { Command } from '../commands'
import { loadInstanceSettings, parseInstance } from '../instance'

/** Checks all settings by the code that a running gateway takes them with. */
export const validate: Command = {
  name: 'validate',
  usage: 'validate DIR',
  summary: 'check the settings; each error on a line of its own',
  options: [],
  run(args) {
    const result = loadInstanceSettings(parseInstance('validate', args))
    if (result.kind === 'ok') {
      process.stdout.write('settings are valid\n')
      return 0
    }
    for (const error of result.errors) process.stderr.write(`${formatError(error)}\n`)
    return 1
  },
}
