import { isIP, isIPv6 } from 'node:net'

export interface ServerAddress {
  readonly host: string
  readonly port: number
}

const defaultPort = 53
const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/
const withPort = /^([\d.]+):(\d{1,5})$/

/** `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:53`; IPv6 may have a zone (`fe80::1%eth0`). */
export function parseServer(text: string): ServerAddress {
  const [, host = text, portText] = bracketed.exec(text) ?? withPort.exec(text) ?? []
  const port = portText === undefined ? defaultPort : Number(portText)
  const isHostRight = text.startsWith('[') ? isIPv6(host) : isIP(host) !== 0
  if (!isHostRight || port < 1 || port > 65_535) {
    throw new Error(
      `'${text}' is not a DNS server: write an IP address with or without a port, ` +
        'such as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53',
    )
  }
  return { host, port }
}

export function formatServer({ host, port }: ServerAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
