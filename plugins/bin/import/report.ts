import type { Provider } from '../../lib/lists'
import { sectionOf, type Carried, type CarriedList, type Remark } from './carried'

/** What an operator should know about an import, each on a line of its own. */
export interface Report {
  readonly title: string
  readonly lines: readonly string[]
}

const titles: readonly (readonly [Remark['kind'], string])[] = [
  ['changed', 'Different from before'],
  ['lost', 'Not carried over'],
  ['needless', 'Of no use any more'],
]

export function reportRemarks({ remarks }: Carried): readonly Report[] {
  return titles.map(([kind, title]) => ({
    title,
    lines: remarks.filter((remark) => remark.kind === kind).map(({ source, text }) => `${source}: ${text}`),
  }))
}

export function describeList({ source, kind, provider, list }: CarriedList): string {
  return `${source} -> ${sectionOf(kind)}.${provider}: ${list}`
}

export function keyPath(provider: Provider): string {
  return `providers.${provider}.key`
}

export function missingKey(provider: Provider): string {
  return `${keyPath(provider)} in gateway.secrets.yaml: no key was found`
}

/** Providers whose lists came over: each needs a key. */
export function usedProviders(lists: readonly CarriedList[]): readonly Provider[] {
  return [...new Set(lists.map(({ provider }) => provider))].filter((provider) => provider !== 'custom')
}

export function formatReports(reports: readonly Report[], prefix = ''): string {
  return reports
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => [`${title}:`, ...lines.map((line) => `  ${line}`)])
    .map((lines) => lines.map((line) => `${prefix}${line}\n`).join(''))
    .join(`${prefix.trimEnd()}\n`)
}
