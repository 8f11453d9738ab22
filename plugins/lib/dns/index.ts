export { createDnsClient, type DnsClient, type DnsClientOptions, type DnsStats } from './client'
export { formatServer, parseServer, type ServerAddress } from './server-address'
export type * from './types'
