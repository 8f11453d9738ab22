import type { DnsAnswer, RecordType, Resolver } from '../lib/dns'
import { settleNetworks } from './spf-networks'

/** Our resolver in the shape of `dns.promises.resolve`, which mailauth asks. */
export interface DnsQueries {
  readonly resolve: (name: string, type: string) => Promise<string[]>
  /** A question was left open, so that a failure may be the DNS's and not the message's. */
  readonly hadFailure: () => boolean
}

const recordTypes: readonly string[] = ['A', 'AAAA', 'MX', 'PTR', 'TXT'] satisfies RecordType[]

/** `spfClient`: the address for which SPF is checked. */
export function createDnsQueries(resolver: Resolver, spfClient?: string): DnsQueries {
  let failed = false

  async function resolve(name: string, type: string): Promise<string[]> {
    if (!isRecordType(type)) throw dnsError('ENODATA')
    const answer = await resolver.lookup(name, type)
    if (answer.kind === 'records') return shaped(answer.records, type, spfClient) as string[]
    const code = errorCode(answer)
    failed ||= code !== 'ENODATA' && code !== 'ENOTFOUND'
    throw dnsError(code)
  }

  return { resolve, hadFailure: () => failed }
}

function isRecordType(type: string): type is RecordType {
  return recordTypes.includes(type)
}

/** mailauth's own types know only lists of strings. */
function shaped(records: readonly string[], type: RecordType, spfClient?: string): unknown[] {
  switch (type) {
    case 'TXT':
      return records.map((text) => [spfClient === undefined ? text : settleNetworks(text, spfClient)])
    case 'MX':
      return records.map((record) => {
        const [priority, exchange] = record.split(' ')
        return { priority: Number(priority), exchange }
      })
    case 'A':
    case 'AAAA':
    case 'PTR':
      return [...records]
  }
}

function errorCode(answer: Exclude<DnsAnswer, { kind: 'records' }>): string {
  switch (answer.kind) {
    case 'nodata':
      return 'ENODATA'
    case 'nxdomain':
      return 'ENOTFOUND'
    case 'failed':
      return answer.rcode === 'REFUSED' ? 'EREFUSED' : 'ESERVFAIL'
    case 'timeout':
    case 'unreachable':
      return 'ETIMEOUT'
  }
}

/** Without a stack: half of what is asked does not exist, and to write down where cost more than to ask. */
function dnsError(code: string): Error {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const error = Object.assign(new Error(code), { code })
  Error.stackTraceLimit = stackTraceLimit
  return error
}
