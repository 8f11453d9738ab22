import type { Gathered } from '../gathered'
import { byLabel, counter, gauge, sample, type Family } from '../family'
import type { EndKey } from '../tally'

export function mailFamilies({ totals }: Gathered): readonly Family[] {
  const { sessions, endedSessions, refusedSessions, messages, messageBytes, wouldRefuse, deliveries } = totals
  return [
    counter('gateway_sessions_total', 'SMTP sessions.', [sample(sessions)]),
    gauge('gateway_sessions_open', 'SMTP sessions that are open now.', [sample(sessions - endedSessions)]),
    counter(
      'gateway_refused_sessions_total',
      'SMTP sessions refused before any message, by the plugin that decided it and the list it named.',
      ends(refusedSessions),
    ),
    counter(
      'gateway_messages_total',
      'Messages by how they ended, the plugin that decided it and the list it named.',
      ends(messages),
    ),
    counter('gateway_message_bytes_total', 'Bytes of messages received.', [sample(messageBytes)]),
    counter('gateway_would_refuse_total', 'Messages not refused only because the gateway just watches.', [
      sample(wouldRefuse),
    ]),
    counter(
      'gateway_deliveries_total',
      'Results of the outbound queue, one for each attempt.',
      byLabel('result', deliveries),
    ),
  ]
}

const ends = (counts: Readonly<Record<EndKey, number>>) =>
  Object.entries(counts).map(([key, value]) => {
    const [outcome = '', plugin = '', list = ''] = key.split('\t')
    return sample(value, { outcome, plugin, list })
  })
