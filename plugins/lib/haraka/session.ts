import type { HarakaConnection } from './types'

/** Users who signed in and hosts allowed to relay are not judged by lists. */
export function whyTrusted(connection: HarakaConnection): string | undefined {
  if (connection.notes.auth_user) return 'authenticated'
  if (connection.relaying) return 'relaying'
  return undefined
}
