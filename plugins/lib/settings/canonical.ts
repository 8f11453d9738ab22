import { domainToASCII } from 'node:url'
import ipaddr from 'ipaddr.js'
import type { SettingsProblem } from './errors'
import { isAddress } from './formats'

/**
 * Names are written in any case and as IDN; engines compare A-labels in lower case. Maps lose their prototype
 * here too: a domain that a client sends, such as `constructor`, finds only what the operator wrote.
 */
export function canonicalMap<T>(
  map: Readonly<Record<string, T>>,
  canonicalKey: (key: string) => string | undefined,
  report: (key: string, message: string) => void,
): Record<string, T> {
  const result = Object.create(null) as Record<string, T>
  const writtenAs = new Map<string, string>()
  for (const [key, value] of Object.entries(map)) {
    const canonical = canonicalKey(key)
    const before = canonical === undefined ? undefined : writtenAs.get(canonical)
    if (canonical === undefined) report(key, 'is no name that DNS can hold')
    else if (before !== undefined) report(key, `is the same as ${before}: keep one of them`)
    else {
      writtenAs.set(canonical, key)
      result[canonical] = value
    }
  }
  return result
}

/** Collects what `canonicalMap` reports about the map at `path`. */
export function reportInto(
  problems: SettingsProblem[],
  path: readonly string[],
): (key: string, message: string) => void {
  return (key, message) => problems.push({ path: [...path, key], message })
}

/** `example.com` or `.example.com`; undefined when it has no form in DNS (RFC 5891). */
export function canonicalDomain(name: string): string | undefined {
  const dot = name.startsWith('.') ? '.' : ''
  const ascii = domainToASCII(name.slice(dot.length))
  // The URL standard reads names that end in a number as IPv4 addresses: `1.2` is 1.0.0.2 to it.
  return ascii === '' || ascii.length > 253 || isAddress(ascii) ? undefined : dot + ascii
}

/** `anna@example.com` or `@example.com`. The local part belongs to its host and stays (RFC 5321 section 2.4). */
export function canonicalAddress(address: string): string | undefined {
  const at = address.lastIndexOf('@')
  const domain = canonicalDomain(address.slice(at + 1))
  return domain === undefined ? undefined : `${address.slice(0, at)}@${domain}`
}

/** An IP address in its shortest form, a network by its first address, or a name. */
export function canonicalHost(host: string): string | undefined {
  if (isAddress(host)) return ipaddr.process(host).toString()
  if (!ipaddr.isValidCIDR(host)) return canonicalDomain(host)
  const [address, bits] = ipaddr.parseCIDR(host)
  const family = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6
  return `${family.networkAddressFromCIDR(host).toString()}/${bits}`
}
