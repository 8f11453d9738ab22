import { isReservedName, organisationalDomain } from './domain-name'
import { parseHost } from './host'
import { isLocalAddress } from './ip-literal'
import { isNeverListed } from './never-listed'

export type NameSource = 'link' | 'text' | 'address' | 'subject'

/** Something in a message that lists can be asked about. */
export type BodyName =
  | {
      readonly kind: 'name'
      /** The full host: A-labels, lower case, no trailing dot. */
      readonly name: string
      /** What somebody registered: the name itself or its last labels. */
      readonly organisationalDomain: string
      readonly source: NameSource
    }
  | { readonly kind: 'ip'; readonly ip: string; readonly source: NameSource }

export interface NameCollector {
  /** Takes a host as it is written. */
  add(host: string, source: NameSource): void
  /** Hands on what waited for room; answers how many names there was no room for. */
  end(): number
}

/** Links come before what is only written. */
type Rank = 'link' | 'text'

/** Hosts of one organisation that are handed on at once; more of them wait until the end. */
const eagerHosts = 5

/**
 * Hands on each name once and as soon as it is found, so that lookups start early, but never more than `maxNames`.
 * A link to a new organisation goes at once. What is worth less waits for the end and takes the room that is left:
 * first further hosts of organisations seen in links, then text. Half of the room is open to text at once, so that
 * a flood of names in prose cannot keep out the links behind it.
 */
export function createNameCollector(
  maxNames: number,
  onName: (found: BodyName) => void,
  isSkipped: (name: string) => boolean = () => false,
): NameCollector {
  /** Spellings, which repeat: enough of them to count well, too few to matter in memory. */
  const written: Record<Rank, Set<string>> = { link: new Set(), text: new Set() }
  const maxWritten = maxNames * 20
  const handedOn = new Set<string>()
  const waiting: Record<Rank, Map<string, BodyName>> = { link: new Map(), text: new Map() }
  const hostsOf = new Map<string, number>()
  let dropped = 0

  function hasRoom(found: BodyName, rank: Rank): boolean {
    if (rank === 'text') return handedOn.size < maxNames / 2
    if (handedOn.size >= maxNames) return false
    return found.kind === 'ip' || (hostsOf.get(found.organisationalDomain) ?? 0) < eagerHosts
  }

  function handOn(key: string, found: BodyName): void {
    handedOn.add(key)
    if (found.kind === 'name') {
      hostsOf.set(found.organisationalDomain, (hostsOf.get(found.organisationalDomain) ?? 0) + 1)
    }
    onName(found)
  }

  /** Nothing that comes now can be handed on any more. */
  function isFull(rank: Rank): boolean {
    return handedOn.size >= maxNames || (rank === 'text' && waiting.text.size >= maxNames)
  }

  function take(found: BodyName, rank: Rank): void {
    const key = found.kind === 'ip' ? found.ip : found.name
    if (handedOn.has(key) || waiting[rank].has(key) || (found.kind === 'name' && isSkipped(key))) return
    if (rank === 'link') waiting.text.delete(key)
    if (hasRoom(found, rank)) handOn(key, found)
    else if (waiting[rank].size < maxNames) waiting[rank].set(key, found)
    else dropped++
  }

  return {
    add(host, source) {
      const rank = source === 'link' ? 'link' : 'text'
      const before = written[rank]
      if (before.has(host)) return
      if (before.size < maxWritten) before.add(host)
      if (isFull(rank)) {
        dropped++
        return
      }
      const found = bodyName(host, source)
      if (found !== undefined) take(found, rank)
    },
    end() {
      for (const [key, found] of [...waiting.link, ...waiting.text]) {
        if (handedOn.has(key)) continue
        if (handedOn.size < maxNames) handOn(key, found)
        else dropped++
      }
      waiting.link.clear()
      waiting.text.clear()
      return dropped
    },
  }
}

/** What a host is to lists; undefined when no list can know it. */
function bodyName(text: string, source: NameSource): BodyName | undefined {
  const host = parseHost(text)
  if (host === undefined) return undefined
  if (host.kind === 'ip') return isLocalAddress(host.ip) ? undefined : { kind: 'ip', ip: host.ip, source }
  const name = detached(host.name)
  const domain = organisationalDomain(name)
  if (domain === undefined || isReservedName(domain) || isNeverListed(name, domain)) return undefined
  return { kind: 'name', name, organisationalDomain: domain, source }
}

/** A copy: a piece cut from a text keeps the whole text in memory as long as somebody keeps the name. */
function detached(name: string): string {
  return ` ${name}`.slice(1)
}
