import { abusix } from './catalogue/abusix'
import type { KnownList } from './catalogue/known-list'
import { closedLists, publicLists } from './catalogue/public-lists'
import { spamhausDqs } from './catalogue/spamhaus'
import { step3it } from './catalogue/step3it'
import type { ListKind } from './types'

export type { KnownList } from './catalogue/known-list'
export { publicLists } from './catalogue/public-lists'

/** Providers whose lists need a key; the names of the settings. */
export type Provider = 'step3it' | 'spamhaus-dqs' | 'abusix'

export const keyedLists: Readonly<Record<Provider, readonly KnownList[]>> = {
  step3it,
  'spamhaus-dqs': spamhausDqs,
  abusix,
}

/** A provider's list by its name in the settings: the same name can mean another list per kind. */
export function findKeyedList(provider: Provider, list: string, kind: ListKind): KnownList | undefined {
  return keyedLists[provider].find(({ zone, kinds }) => zone === list && kinds.includes(kind))
}

/** All a zone is known as: mostly one list, for some zones one per kind. */
export function findPublicLists(zone: string): readonly KnownList[] {
  return publicLists.filter((list) => list.zone === zone)
}

/** Why a zone must not be asked any more; its subzones closed with it. */
export function findClosure(zone: string): string | undefined {
  for (const [closed, story] of closedLists) {
    if (zone === closed || zone.endsWith(`.${closed}`)) return story
  }
  return undefined
}
