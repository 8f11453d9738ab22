import { join } from 'node:path'
import { createDnsClient, type DnsClient } from '../dns'
import { configuredLists, type ConfiguredList, type DnsList, type FileList } from '../lists'
import { readListFile } from '../lists/list-file'
import { probeList } from '../lists/probe'
import type { Trial, TrialOptions } from './index'

/** Lists that are new, or asked in another way than before: does their test entry answer? */
export function listTrials(options: TrialOptions): Trial[] {
  const { next, now, configDir } = options
  const known = new Set(configuredLists(now.settings, now.secrets).map(identity))
  const fresh = configuredLists(next.settings, next.secrets).filter((list) => !known.has(identity(list)))
  return fresh.map((list) => ({
    path: list.path,
    what: list.name,
    run: () => (list.source === 'dns' ? probe(list, options) : readFault(list, configDir)),
  }))
}

/** A list with another key is another list. It stays in this process and is shown to nobody. */
const identity = (list: ConfiguredList): string =>
  list.source === 'dns' ? `${list.id} ${list.zone()}` : list.id

async function probe(list: DnsList, { next, now, resolver }: TrialOptions): Promise<string[]> {
  if (list.problem !== undefined) return [`${list.name} ${list.problem}`]
  const { servers, timeout: timeoutMs } = next.settings.dns
  const isOtherDns = servers.join() !== now.settings.dns.servers.join()
  const own: DnsClient | undefined = isOtherDns
    ? createDnsClient({ settings: { servers, timeoutMs } })
    : undefined
  try {
    const result = await probeList(list, own ?? resolver)
    if (result.kind === 'failed') return [`${list.name} ${result.reason}`]
    if (result.kind === 'inconclusive') return [`${list.name} could not be tested: no DNS server answers`]
    if (!result.noTestEntry) return []
    return [
      `${list.name} has no test entry, so that it may be no list at all: check that its zone is spelt right`,
    ]
  } finally {
    own?.close()
  }
}

/** Lines are not quoted: the file may be any in the folder. */
async function readFault({ file }: FileList, configDir: string): Promise<string[]> {
  try {
    const { badLineCount, badLines } = await readListFile(join(configDir, file))
    if (badLineCount === 0) return []
    const [first] = badLines
    return [
      `${file}: ${badLineCount} lines are no entries and count for nothing, the first is line ${first?.line ?? 1}`,
    ]
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException
    return [
      code === 'ENOENT' ? `${file} does not exist: the list is empty` : `${file} cannot be read (${code})`,
    ]
  }
}
