import { formatError } from '../../lib/settings/format-errors'
import { settingsSchema, type Settings } from '../../lib/settings/schema'
import { previewLines, previewMark } from '../../mark-from/preview'
import type { Command } from '../commands'
import { loadInstanceSettings, openInstance } from '../instance'
import { UsageError } from '../usage-error'

/** Shows what mark-from would do to a message, with the settings of an instance or the defaults. */
export const mark: Command = {
  name: 'mark',
  usage: 'mark --from HEADER --envelope ADDR [--ip IP] [--helo NAME] [DIR]',
  summary: 'print what would happen to a From; DIR: by its settings',
  options: ['from', 'envelope', 'ip', 'helo'],
  run([dir, ...more], { from, envelope, ip, helo }) {
    if (from === undefined || envelope === undefined || more.length > 0) {
      throw new UsageError("mark takes --from 'NAME <ADDRESS>' and --envelope ADDRESS ('' for none)")
    }
    const settings = dir === undefined ? defaultSettings() : instanceSettings(dir)
    if (!settings) return 1
    const preview = previewMark(from, envelope, settings.mark_from, {
      ownDomains: Object.keys(settings.next_hops),
      ...(ip !== undefined && { ip }),
      ...(helo !== undefined && { helo }),
    })
    process.stdout.write(`${previewLines(preview).join('\n')}\n`)
    return 0
  },
}

function defaultSettings(): Settings {
  return settingsSchema.parse({ mark_from: { enabled: true } })
}

function instanceSettings(dir: string): Settings | undefined {
  const result = loadInstanceSettings(openInstance(dir))
  if (result.kind === 'ok') return result.loaded.settings
  for (const error of result.errors) process.stderr.write(`${formatError(error)}\n`)
  return undefined
}
