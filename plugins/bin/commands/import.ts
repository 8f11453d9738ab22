import type { SettingsError } from '../../lib/settings/errors'
import { formatError } from '../../lib/settings/format-errors'
import type { Command } from '../commands'
import type { Carried } from '../import/carried'
import { checkFragment, formatFragment } from '../import/fragment'
import { openHarakaFolder } from '../import/haraka-folder'
import { importFolder } from '../import/import-folder'
import { describeList, formatReports, keyPath, missingKey, reportRemarks } from '../import/report'
import { writeInstance } from '../import/write-instance'
import { openInstance, type Instance } from '../instance'
import { UsageError } from '../usage-error'

/** Carries the DNS lists of the stock plugins over: shows the settings, or writes them into an instance. */
export const importLists: Command = {
  name: 'import',
  usage: 'import DIR [--write INSTANCE]',
  summary: 'turn dns-list.ini, uribl.ini and the like of a Haraka into settings',
  options: ['write'],
  async run([dir, ...more], { write }) {
    if (!dir || more.length > 0)
      throw new UsageError('import takes one folder: a Haraka instance or its config')
    const carried = importFolder(openHarakaFolder(dir))
    return write === undefined ? show(carried) : writeInto(openInstance(write), carried)
  },
}

function show(carried: Carried): number {
  const fragment = formatFragment(carried)
  const checked = checkFragment(fragment)
  if (checked.kind === 'invalid') return refuse('what came out is not valid', checked.errors)
  process.stdout.write(fragment)
  return 0
}

async function writeInto(instance: Instance, carried: Carried): Promise<number> {
  const written = await writeInstance(instance, carried)
  if (written.kind === 'invalid') {
    const why =
      written.when === 'now' ? 'the settings there are not valid; mend them first' : 'the result is not valid'
    return refuse(`nothing written to ${instance.name}: ${why}`, written.errors)
  }
  const { placed, newKeys, keptKeys, missingKeys } = written
  const linesOf = (isNew: boolean): readonly string[] =>
    placed.filter((entry) => entry.isNew === isNew).map(({ list }) => describeList(list))
  const kept = keptKeys.map(({ provider, source }) => `${keyPath(provider)}: another key than in ${source}`)
  const reports = [
    { title: `Written to ${instance.name}/config/gateway.yaml`, lines: linesOf(true) },
    {
      title: `Written to ${instance.name}/config/gateway.secrets.yaml`,
      lines: newKeys.map(({ provider, source }) => `the key in ${source} -> ${keyPath(provider)}`),
    },
    { title: 'Already there and left as it is', lines: [...linesOf(false), ...kept] },
    { title: 'Left to do', lines: missingKeys.map(missingKey) },
    ...reportRemarks(carried),
  ]
  process.stdout.write(formatReports(reports))
  return 0
}

function refuse(why: string, errors: readonly SettingsError[]): number {
  process.stderr.write(
    [why, ...errors.map((error) => formatError(error))].map((line) => `${line}\n`).join(''),
  )
  return 1
}
