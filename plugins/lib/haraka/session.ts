import ipaddr from 'ipaddr.js'
import type { HarakaConnection } from './types'

/** Users who signed in and hosts allowed to relay are not judged by lists. */
export function whyTrusted(connection: HarakaConnection): string | undefined {
  if (connection.notes.auth_user) return 'authenticated'
  if (connection.relaying) return 'relaying'
  return undefined
}

const PRIVATE_RANGES = new Set([
  'private',
  'loopback',
  'linkLocal',
  'uniqueLocal',
  'carrierGradeNat',
  'unspecified',
])

/** Addresses of our own networks, which no list knows. Haraka's own `is_private` also counts the documentation networks, which no real client has. */
export function isPrivateAddress(ip: string): boolean {
  return ipaddr.isValid(ip) && PRIVATE_RANGES.has(ipaddr.process(ip).range())
}
