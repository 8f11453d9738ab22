import { createDnsClient } from '../dns'
import type { Trial, TrialOptions } from './index'

/** A server that answers at all, whatever, is fine. */
export function dnsTrials({ next, now }: TrialOptions): Trial[] {
  const known = new Set(now.settings.dns.servers)
  return next.settings.dns.servers.flatMap((server, index) =>
    known.has(server)
      ? []
      : [{ path: ['dns', 'servers', index], what: `DNS server ${server}`, run: () => serverFault(server) }],
  )
}

async function serverFault(server: string): Promise<string[]> {
  const client = createDnsClient({ settings: { servers: [server], timeoutMs: 2000 } })
  try {
    const { kind } = await client.lookup('example.com', 'A')
    return kind === 'timeout' || kind === 'unreachable' ? [`DNS server ${server} does not answer`] : []
  } finally {
    client.close()
  }
}
