import type { Gathered } from '../gathered'
import { byLabel, counter, gauge, sample, total, type Family } from '../family'

export function dnsFamilies({ totals, processes: states }: Gathered): readonly Family[] {
  const { lookups, cacheHits, questions, coalesced, retransmissions, answers } = totals.dns
  return [
    counter('gateway_dns_lookups_total', 'DNS lookups, by whether the cache knew the answer.', [
      sample(cacheHits, { cache: 'hit' }),
      sample(lookups - cacheHits, { cache: 'miss' }),
    ]),
    counter('gateway_dns_questions_total', 'Questions sent to DNS servers.', [sample(questions)]),
    counter('gateway_dns_coalesced_total', 'Lookups that joined an equal question in flight.', [
      sample(coalesced),
    ]),
    counter('gateway_dns_retransmissions_total', 'Questions sent again.', [sample(retransmissions)]),
    counter(
      'gateway_dns_answers_total',
      'What came of the questions to DNS servers.',
      byLabel('answer', answers),
    ),
    gauge('gateway_dns_cached_answers', 'Answers in the caches of all processes.', [
      sample(total(states.map(({ dnsCached }) => dnsCached))),
    ]),
    gauge('gateway_dns_questions_in_flight', 'Questions that wait for an answer.', [
      sample(total(states.map(({ dnsInFlight }) => dnsInFlight))),
    ]),
    gauge('gateway_dns_reachable', 'Whether any DNS server answers: 0 when a process finds none.', [
      sample(Number(states.every(({ isDnsReachable }) => isDnsReachable))),
    ]),
  ]
}
