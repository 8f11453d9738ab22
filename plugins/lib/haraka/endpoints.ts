import { isIPv6 } from 'node:net'
import type { Settings } from '../settings/schema'

export interface Endpoint {
  readonly host: string
  readonly port: number
}

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

export const endpointName = ({ host, port }: Endpoint): string =>
  isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`

export function explainBindError(
  error: { code?: string | undefined; message: string },
  { host, port }: Endpoint,
): string {
  const explanations: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} is in use by another program (find it with: ss -ltnp 'sport = :${port}')`,
    EACCES: `port ${port} needs root or the capability CAP_NET_BIND_SERVICE`,
    EADDRNOTAVAIL: `this machine has no address ${host} (listen.address)`,
  }
  return explanations[error.code ?? ''] ?? error.message
}
