import { validateLists } from '../../lib/lists'
import { parseSettings, type ParsedSettings } from '../../lib/settings/parse'
import type { Carried } from './carried'
import { describeList, formatReports, keyPath, missingKey, reportRemarks, usedProviders } from './report'
import { addLists, addSources } from './settings-document'

/** A fragment of gateway.yaml, with all there is to say about it as its comments. */
export function formatFragment(carried: Carried): string {
  const text = addSources(addLists('', carried.lists).text, carried.sources)
  const reports = [
    { title: 'Carried over', lines: carried.lists.map(describeList) },
    { title: 'Left to do', lines: keysToSet(carried) },
    ...reportRemarks(carried),
  ]
  return [text, formatReports(reports, '# ')].filter((part) => part !== '').join('\n')
}

/** By the code that a running gateway takes settings with. */
export function checkFragment(fragment: string): ParsedSettings {
  return parseSettings(fragment, '', { configDir: '.', hostname: 'localhost', checks: [validateLists] })
}

function keysToSet({ lists, keys }: Carried): readonly string[] {
  return usedProviders(lists).map((provider) => {
    const found = keys.find((key) => key.provider === provider)
    if (!found) return missingKey(provider)
    return `${keyPath(provider)} in gateway.secrets.yaml: the key in ${found.source}; --write INSTANCE puts it there`
  })
}
