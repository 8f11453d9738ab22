import ipaddr from 'ipaddr.js'
import type { HarakaConnection } from './types'

/** Our own networks, users who signed in, and hosts allowed to relay are not judged by lists. */
export function whyTrusted(connection: HarakaConnection): string | undefined {
  if (isPrivateAddress(connection.remote.ip)) return 'private address'
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

/** Haraka's own `is_private` also counts the documentation networks, which no real client has. */
export function isPrivateAddress(ip: string): boolean {
  return ipaddr.isValid(ip) && PRIVATE_RANGES.has(ipaddr.process(ip).range())
}
