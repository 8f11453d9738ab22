import { sharedFingerprint } from '../settings/own-settings'
import type { Settings } from '../settings/schema'
import type { FleetDesk } from './fleet-desk'
import type { SettingsSharing } from './save-settings'
import { SETTINGS } from './settings-replica'

/** Has the other gateways of a fleet take the settings, and the list files that they name. */
export function shareSettingsInFleet(fleet: FleetDesk, settings: () => Settings): SettingsSharing {
  return {
    catchUp: () => fleet.catchUp(),
    async share({ by, note }, saved) {
      if (!fleet.isMember()) return { kind: 'alone' }
      const { documents, fault } = await fleet.view()
      if (fault !== undefined) return { kind: 'not shared', reason: fault }
      const known = new Set(documents.filter(({ head }) => head > 0).map(({ name }) => name))
      // Without them the settings would not be valid elsewhere.
      for (const name of listFilesOf(settings())) if (!known.has(name)) await fleet.share(name, { by })
      return fleet.share(SETTINGS, {
        by,
        saved: sharedFingerprint(saved),
        ...(note !== undefined && { note }),
      })
    },
  }
}

function listFilesOf(settings: Settings): readonly string[] {
  const { ip_blocklists, ip_allowlists, domain_blocklists, uri_blocklists, allowed_senders } = settings
  const entries = [ip_blocklists, ip_allowlists, domain_blocklists, uri_blocklists].flatMap(
    ({ custom }) => custom,
  )
  const files = entries.flatMap((entry) => (typeof entry === 'object' && 'file' in entry ? [entry.file] : []))
  return [...new Set([...files, allowed_senders])].filter((file) => file.startsWith('lists/'))
}
