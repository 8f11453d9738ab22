import { createDnsServer, type DnsHandler, type DnsServer } from '../../test/support/dns-server'
import { pick, type Random } from '../fuzz/mutate'

/** Lists, and a DNS server that can be told to misbehave. */
export interface Names {
  readonly address: string
  /** Undefined: it answers right. */
  misbehave(handler: DnsHandler | undefined): void
  readonly leave: () => Promise<void>
  readonly comeBack: () => Promise<void>
  /** Queries so far. */
  queries(): number
  stop(): Promise<void>
}

export const LISTED_NETWORK = '203.0.113'
export const LISTED_DOMAIN = 'listed-link.net'
const TTL_SECONDS = 5

const right: DnsHandler = ({ name }) => {
  const asked = name.toLowerCase()
  const isListed =
    /^\d+\.113\.0\.203\.bl\.test$/.test(asked) ||
    asked === `${LISTED_DOMAIN}.uri.test` ||
    /^(?:2\.0\.0\.127|test)\.(?:bl|dbl|uri)\.test$/.test(asked)
  return isListed
    ? { answers: [{ type: 'A', value: '127.0.0.2', ttl: TTL_SECONDS }] }
    : { rcode: 'NXDOMAIN', soa: { minimum: TTL_SECONDS, ttl: TTL_SECONDS } }
}

const lies: Readonly<Record<string, DnsHandler>> = {
  'leads all names to its advertisements': () => ({
    answers: [{ type: 'A', value: '198.51.100.80', ttl: 1 }],
  }),
  'answers about other names': () => ({ wrongQuestion: true, answers: [{ type: 'A', value: '127.0.0.2' }] }),
  'says the limit of queries is reached': () => ({
    answers: [{ type: 'A', value: '127.255.255.255', ttl: 1 }],
  }),
  'answers SERVFAIL': () => ({ rcode: 'SERVFAIL' }),
  'answers with nonsense': () => ({ garbage: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') }),
}

export function pickLie(random: Random): { readonly name: string; readonly handler: DnsHandler } {
  const [name, handler] = pick(random, Object.entries(lies))
  return { name, handler }
}

export const slowly =
  (delayMs: number): DnsHandler =>
  async (query) => ({ ...[await right(query)].flat()[0], delayMs })

export async function startNames(): Promise<Names> {
  let handler = right
  let queries = 0
  const answer: DnsHandler = (query) => {
    queries += 1
    // It keeps what it was asked, which a long run could not afford.
    server.queries.length = 0
    return handler(query)
  }
  let server: DnsServer = await createDnsServer(answer)
  const { port } = server
  return {
    address: server.address,
    misbehave(next) {
      handler = next ?? right
    },
    leave: () => server.close(),
    async comeBack() {
      server = await createDnsServer(answer, { port })
    },
    queries: () => queries,
    stop: () => server.close(),
  }
}
