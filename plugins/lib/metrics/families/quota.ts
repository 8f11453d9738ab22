import type { Gathered } from '../gathered'
import { gauge, sample, total, type Family, type Sample } from '../family'
import type { QuotaFacts } from '../host-state'

export function quotaFamilies({ host }: Gathered): readonly Family[] {
  const usages = host?.quota ?? []
  const providers = [...new Set(usages.map(({ provider }) => provider))]
  const byProvider = (value: (facts: QuotaFacts) => number | null): readonly Sample[] =>
    providers.flatMap((provider) => {
      const values = usages.filter((usage) => usage.provider === provider).map(value)
      const known = values.filter((each) => each !== null)
      return known.length === 0 ? [] : [sample(total(known), { provider })]
    })
  return [
    gauge(
      'gateway_provider_queries_today',
      'Questions sent with the key of a provider since 00:00 UTC, by all nodes as far as they have told.',
      byProvider(({ queriesToday }) => queriesToday),
    ),
    gauge(
      'gateway_provider_queries_forecast',
      'Questions of the whole day, if it goes on like the last hours.',
      byProvider(({ forecast }) => forecast),
    ),
    gauge(
      'gateway_provider_queries_limit',
      'Questions that the settings allow in a day.',
      byProvider(({ perDay }) => perDay),
    ),
  ]
}
