import type { Gathered } from '../gathered'
import { gauge, sample, type Family } from '../family'

export function hostFamilies({ host: known, listeners, now }: Gathered): readonly Family[] {
  const state = known ? [known] : []
  const certificates = state.flatMap(({ certificate }) => certificate ?? [])
  return [
    gauge(
      'gateway_listener_up',
      'Whether an address to listen on is open in every process.',
      listeners.map(({ endpoint, isOpen }) => sample(Number(isOpen), { endpoint })),
    ),
    gauge(
      'gateway_certificate_readable',
      'Whether the certificate of the settings can be read.',
      certificates.map(({ file, notAfter }) => sample(Number(notAfter !== undefined), { file })),
    ),
    gauge(
      'gateway_certificate_expiry_timestamp_seconds',
      'When the certificate of the settings expires, in seconds since the epoch.',
      certificates.flatMap(({ file, notAfter }) =>
        notAfter === undefined ? [] : [sample(notAfter / 1000, { file })],
      ),
    ),
    gauge(
      'gateway_queue_messages',
      'Messages in the outbound queue, one for each domain of a message.',
      state.map(({ queue }) => sample(queue.messages)),
    ),
    gauge(
      'gateway_queue_bytes',
      'Size of the outbound queue.',
      state.map(({ queue }) => sample(queue.bytes)),
    ),
    gauge(
      'gateway_queue_oldest_age_seconds',
      'Age of the oldest message in the outbound queue; 0 when it is empty.',
      state.map(({ queue }) => sample(Math.max(0, now - (queue.oldestAt ?? now)) / 1000)),
    ),
    gauge(
      'gateway_info',
      'Versions, as labels.',
      state.map(({ version }) => sample(1, { version, node: process.version })),
    ),
  ]
}
