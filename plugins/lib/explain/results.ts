import type { ResultStore } from '../haraka/types'
import type { ExplainedMark, PluginResults } from './report'

const LISTS = ['pass', 'fail', 'skip', 'err', 'msg'] as const
/** Haraka's own, which say what the exchanges say. */
const OF_HARAKA = new Set(['local', 'remote', 'helo', 'reset', 'disconnect', 'mail_from', 'rcpt_to', 'queue'])

type Store = Readonly<Record<string, Readonly<Record<string, unknown>>>>
const storeOf = (results: ResultStore | undefined): Store =>
  (results as { readonly store?: Store } | undefined)?.store ?? {}

/** What plugins said about the session and the message, of those that said anything. */
export function readResults(...stores: readonly (ResultStore | undefined)[]): readonly PluginResults[] {
  const byPlugin = new Map<string, PluginResults>()
  for (const [plugin, entry] of stores.flatMap((results) => Object.entries(storeOf(results)))) {
    if (OF_HARAKA.has(plugin)) continue
    const before = byPlugin.get(plugin)
    const lists = LISTS.map(
      (key) => [key, [...new Set([...(before?.[key] ?? []), ...texts(entry[key])])]] as const,
    )
    if (lists.some(([, said]) => said.length > 0)) {
      byPlugin.set(plugin, { plugin, ...(Object.fromEntries(lists) as Omit<PluginResults, 'plugin'>) })
    }
  }
  return [...byPlugin.values()]
}

/** What mark-from says, whatever name it goes by in config/plugins. */
export function readMark(results: ResultStore): ExplainedMark | undefined {
  const [, entry] = Object.entries(storeOf(results)).find(([plugin]) => plugin.endsWith('mark-from')) ?? []
  const { action, sender, domain, why } = entry ?? {}
  if (typeof action !== 'string') return undefined
  return {
    action,
    ...(typeof sender === 'string' && { sender }),
    ...(typeof domain === 'string' && { domain }),
    why: texts(why),
  }
}

const texts = (value: unknown): readonly string[] =>
  [value].flat().filter((text): text is string => typeof text === 'string')
