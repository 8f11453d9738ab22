import type { Settings } from '../lib/settings/schema'
import type { Endpoint } from './listeners'

/** The SMTP endpoints that `listen` of the settings asks for. */
export function wantedEndpoints(listen: Settings['listen']): readonly Endpoint[] {
  const ports = [
    ...(listen.smtp ? [25] : []),
    ...(listen.submission ? [587] : []),
    ...(listen.smtps ? [465] : []),
    ...listen.other,
  ]
  return [...new Set(ports)].map((port) => ({ host: listen.address, port }))
}
