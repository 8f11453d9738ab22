import { combine, isSameKey, nothing, remark, type Carried, type CarriedList } from './carried'
import { importDnsLists } from './dns-list'
import type { HarakaFolder } from './haraka-folder'
import { importUribl } from './uribl'

/** Files that say which lists a stock plugin asks, and the plugins that read them. */
const files = {
  'dns-list.ini': ['dns-list'],
  'dnsbl.ini': ['dnsbl'],
  'dnswl.ini': ['dnswl'],
  'dnsbl.zones': ['dnsbl', 'dns-list'],
  'dnswl.zones': ['dnswl', 'dns-list'],
  'uribl.ini': ['uribl'],
  'data.uribl.ini': ['data.uribl'],
} as const

/** All that the stock list plugins of a Haraka were told, in our terms. */
export function importFolder(folder: HarakaFolder): Carried {
  const carried = combine([
    importDnsLists(folder),
    importUribl(folder),
    ...Object.entries(files).map(notInUse(folder)),
  ])
  if (carried.lists.length > 0 || carried.remarks.length > 0) return withoutRepeats(carried)
  throw new Error(`${folder.name} has no settings of DNS lists: none of ${Object.keys(files).join(', ')}`)
}

/** A list that two files name is carried over once; a provider has one key here. */
function withoutRepeats({ lists, keys, remarks, ...rest }: Carried): Carried {
  const idOf = ({ kind, provider, list }: CarriedList): string => `${kind} ${provider} ${list}`
  const firstKeys = keys.filter(
    ({ provider }, at) => keys.findIndex((key) => key.provider === provider) === at,
  )
  const otherKeys = keys.filter(({ provider, key }) =>
    firstKeys.every((first) => first.provider !== provider || !isSameKey(first.key, key)),
  )
  return {
    ...rest,
    lists: lists.filter((list, at) => lists.findIndex((other) => idOf(other) === idOf(list)) === at),
    keys: firstKeys,
    remarks: [
      ...remarks,
      ...otherKeys.map(({ provider, source }) => ({
        kind: 'lost' as const,
        source,
        text: `its key: all lists of ${provider} share one, and another came before it`,
      })),
    ],
  }
}

/** Settings of a plugin that does not run are carried over too, but their owner may not remember that. */
function notInUse(folder: HarakaFolder): (entry: [string, readonly string[]]) => Carried {
  return ([file, plugins]) => {
    if (folder.readLines(file) === undefined || plugins.some((plugin) => folder.runs(plugin) !== false))
      return nothing
    const text = `was not in use: config/plugins does not name ${plugins.join(' or ')}`
    return remark('changed', file, text)
  }
}
