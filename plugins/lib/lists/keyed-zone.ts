import type { Settings } from '../settings/schema'
import { keyedLists, type Provider } from './catalogue'
import type { ListKind } from './types'

export const providers: readonly Provider[] = ['step3it', 'spamhaus-dqs', 'abusix']

/** A zone below a provider's suffix, written by hand: it holds a key, or should. */
export interface KeyedZone {
  /** With `<key>` for every label that is not the name of a list. */
  readonly publicZone: string
  readonly advice: string
}

const defaultSuffix: Readonly<Partial<Record<Provider, string>>> = {
  'spamhaus-dqs': 'dq.spamhaus.net',
  abusix: 'mail.abusix.zone',
}

export function findKeyedZone(zone: string, kind: ListKind, settings: Settings): KeyedZone | undefined {
  for (const provider of providers) {
    for (const suffix of new Set([settings.providers[provider].zone, defaultSuffix[provider] ?? ''])) {
      if (suffix !== '' && (zone === suffix || zone.endsWith(`.${suffix}`))) {
        return describe(zone.slice(0, -suffix.length - 1), suffix, provider, kind)
      }
    }
  }
  return undefined
}

function describe(labels: string, suffix: string, provider: Provider, kind: ListKind): KeyedZone {
  const names = new Set(keyedLists[provider].map(({ zone }) => zone))
  const shown = labels === '' ? [] : labels.split('.').map((label) => (names.has(label) ? label : '<key>'))
  const list = shown.findLast((label) => names.has(label)) ?? 'LIST'
  return {
    publicZone: [...shown, suffix].join('.'),
    advice:
      `needs a key, and keys belong into the secrets file: write ${kind}s.${provider}: [${list}] and put ` +
      `the key under providers.${provider}.key in config/gateway.secrets.yaml`,
  }
}
