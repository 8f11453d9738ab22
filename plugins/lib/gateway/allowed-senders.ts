import { join } from 'node:path'
import { bare } from '../haraka/address'
import type { HarakaConnection } from '../haraka/types'
import type { Finding } from '../lists'
import { createLocalList, type LocalList } from '../lists/local-list'
import type { Log } from '../log'
import { canonicalName, organisationalDomain } from '../mail/domain-name'

/**
 * Envelope senders that the operator vouches for: what lists say about names of the sender's own organisation does
 * not count for a message of theirs. Anybody can write any sender, so it spares nothing else: neither the client nor
 * other names.
 */
export interface AllowedSenders {
  /** A list file with addresses, domains and `.domain`s, relative to the configuration folder; empty for none. */
  configure(file: string): void
  /** The findings that count for the message under way. */
  counting(connection: HarakaConnection, findings: readonly Finding[]): readonly Finding[]
  close(): void
}

export function createAllowedSenders({ configDir, log }: { configDir: string; log: Log }): AllowedSenders {
  let file = ''
  let list: LocalList | undefined
  return {
    configure(next) {
      if (next === file) return
      list?.close()
      file = next
      list =
        file === ''
          ? undefined
          : createLocalList({ path: join(configDir, file), label: file, log, takesAddresses: true })
    },
    counting({ transaction }, findings) {
      const sender = transaction?.mail_from
      if (!list || !sender) return findings
      const domain = canonicalName(sender.host ?? '')
      if (domain === undefined) return findings
      const address = `${bare(sender).slice(0, -(sender.host?.length ?? 0))}${domain}`.toLowerCase()
      const isAllowed = [address, domain].some((name) => list?.find({ kind: 'name', name }) !== undefined)
      if (!isAllowed) return findings
      const own = organisationalDomain(domain) ?? domain
      return findings.filter(({ item }) => item.kind !== 'name' || !isOf(item.name, own))
    },
    close() {
      list?.close()
    },
  }
}

const isOf = (name: string, organisation: string): boolean =>
  name === organisation || name.endsWith(`.${organisation}`)
