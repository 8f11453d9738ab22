import type { HarakaTransaction } from '../lib/haraka/types'
import { canonicalName } from '../lib/mail'
import { withoutEncodedWords } from '../lib/mail/encoded-words'
import { scanText } from '../lib/mail/scanner'
import type { DomainSource } from '../lib/settings/schema'

/** A header field of 64 KB with nothing but addresses must not buy more lookups than a body may. */
const MAX_NAMES = 20
const MAX_FIELD_LENGTH = 8192

const fields: Readonly<Partial<Record<DomainSource, string>>> = {
  from: 'From',
  reply_to: 'Reply-To',
  sender: 'Sender',
  list_unsubscribe: 'List-Unsubscribe',
}

/** The domains in the header fields that the settings name, canonical, each once. */
export function headerNames(
  transaction: HarakaTransaction,
  sources: readonly DomainSource[],
): readonly string[] {
  const found = new Set<string>()
  const add = (text: string): void => {
    const name = canonicalName(text)
    if (name !== undefined && found.size < MAX_NAMES) found.add(name)
  }
  if (sources.includes('message_id')) messageIdDomains(transaction).forEach(add)
  if (sources.includes('dkim')) signingDomains(transaction).forEach(add)
  for (const source of sources) {
    const field = fields[source]
    if (field === undefined) continue
    for (const value of transaction.header.get_all(field)) {
      scanText(withoutEncodedWords(value.slice(0, MAX_FIELD_LENGTH)), add)
    }
  }
  return [...found]
}

/** RFC 5322 3.6.4: what stands right of the @ is by convention the host that made the message. */
function messageIdDomains(transaction: HarakaTransaction): readonly string[] {
  return transaction.header.get_all('Message-ID').map((value) => /@([^@<>\s]+)>?\s*$/.exec(value)?.[1] ?? '')
}

/** Domains of DKIM signatures that passed, from what any verifier put into Authentication-Results (RFC 8601). */
function signingDomains(transaction: HarakaTransaction): readonly string[] {
  const results = transaction.notes.authentication_results
  if (!Array.isArray(results)) return []
  return results.map(String).flatMap((result) => {
    if (!result.startsWith('dkim=pass')) return []
    return (
      /\bheader\.d=([^\s;]+)/.exec(result)?.[1] ?? /\bheader\.i=[^\s;]*@([^\s;]+)/.exec(result)?.[1] ?? []
    )
  })
}
