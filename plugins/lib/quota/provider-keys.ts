import { fingerprint } from '../fingerprint'
import type { Provider } from '../lists'
import type { Secrets, Settings } from '../settings/schema'

/** Names a key without telling it: `spamhaus-dqs 3fa2c1`. */
export type KeyId = string

/** The key of a provider that this gateway asks with. */
export interface ProviderKey {
  readonly id: KeyId
  /** Queries a day, as the settings say. */
  readonly perDay: number | undefined
  /** Whether a DNS name asks a list of the provider with this key. */
  isIn(name: string): boolean
}

const providerNames: Readonly<Record<Provider, string>> = {
  step3it: 'step3IT',
  'spamhaus-dqs': 'Spamhaus DQS',
  abusix: 'Abusix',
}
const providers = Object.keys(providerNames) as readonly Provider[]

/** Enough to tell the keys of one operator apart, and of no use to find one out. */
const DIGITS = 6

export function providerKeys(settings: Settings, secrets: Secrets): readonly ProviderKey[] {
  return providers.flatMap((provider) => {
    const key = secrets.providers[provider]?.key
    const { zone, per_day: perDay } = settings.providers[provider]
    if (key === undefined || zone === '') return []
    // The form is <item>.<key>.<list>.<zone>; names are asked in lower case.
    const suffix = `.${zone.toLowerCase()}`
    const label = `.${key.toLowerCase()}.`
    const id = `${provider} ${fingerprint(key).slice(0, DIGITS)}`
    return [{ id, perDay, isIn: (name) => name.endsWith(suffix) && name.includes(label) }]
  })
}

/** What people are shown of it; undefined for an id that is none. */
export function describeKey(id: KeyId): { readonly provider: Provider; readonly name: string } | undefined {
  const [, written, digits = ''] = /^([a-z\d-]{1,40}) ([\da-f]{6})$/.exec(id) ?? []
  const provider = providers.find((each) => each === written)
  return provider && { provider, name: `${providerNames[provider]} (${digits})` }
}
