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

export interface NameLimits {
  /** Most names and addresses that are handed on. */
  readonly maxNames: number
}

export interface NameCollector {
  /** Takes a host as it is written. */
  add(host: string, source: NameSource): void
  /** Hands on what waited for room; answers how many names there was no room for. */
  end(): number
}

/** Links come before what is only written. */
type Rank = 'link' | 'text'

/** Hosts of one organisation that are handed on at once; more of them wait until the end. */
const eagerHosts = 4

/**
 * Hands on each name once and as soon as it is found, so that lookups start early, but never more than `maxNames`.
 * A link to a new organisation goes at once. What is worth less waits for the end and takes the room that is left:
 * first further hosts of organisations seen in links, then text. Half of the room is open to text at once, so that
 * a flood of names in prose cannot keep out the links behind it.
 */
export function createNameCollector(
  limits: NameLimits,
  onName: (found: BodyName) => void,
  isSkipped: (name: string) => boolean = () => false,
): NameCollector {
  const { maxNames } = limits
  /** Remembered beyond what is handed on: enough to count well, too little to matter in memory. */
  const maxTracked = maxNames * 20
  const written = { link: new Set<string>(), text: new Set<string>() }
  const known = new Set<string>()
  const hostsOf = new Map<string, number>()
  const waiting: Record<Rank, BodyName[]> = { link: [], text: [] }
  let handedOn = 0
  let dropped = 0

  function hasRoom(found: BodyName): boolean {
    if (found.source !== 'link') return handedOn < maxNames / 2
    if (handedOn >= maxNames) return false
    return found.kind === 'ip' || (hostsOf.get(found.organisationalDomain) ?? 0) <= eagerHosts
  }

  function handOn(found: BodyName): void {
    handedOn++
    onName(found)
  }

  /** Nothing that comes now can be handed on any more. */
  function isFull(rank: Rank): boolean {
    return handedOn >= maxNames || (rank === 'text' && waiting.text.length >= maxNames)
  }

  function take(key: string, found: BodyName, rank: Rank): void {
    if (!hasRoom(found) && waiting[rank].length >= maxNames) {
      dropped++
      return
    }
    known.add(key)
    if (found.kind === 'name') {
      hostsOf.set(found.organisationalDomain, (hostsOf.get(found.organisationalDomain) ?? 0) + 1)
    }
    if (hasRoom(found)) handOn(found)
    else waiting[rank].push(found)
  }

  return {
    add(host, source) {
      const rank = source === 'link' ? 'link' : 'text'
      const before = written[rank]
      if (before.has(host)) return
      if (before.size < maxTracked) before.add(host)
      if (isFull(rank)) {
        dropped++
        return
      }
      const found = bodyName(host, source)
      if (found === undefined) return
      const key = found.kind === 'ip' ? found.ip : found.name
      if (!known.has(key) && !(found.kind === 'name' && isSkipped(key))) take(key, found, rank)
    },
    end() {
      for (const found of [...waiting.link, ...waiting.text]) {
        if (handedOn < maxNames) handOn(found)
        else dropped++
      }
      waiting.link = []
      waiting.text = []
      return dropped
    },
  }
}

/** What a host is to lists; undefined when no list can know it. */
function bodyName(text: string, source: NameSource): BodyName | undefined {
  const host = parseHost(text)
  if (host === undefined) return undefined
  if (host.kind === 'ip') return isLocalAddress(host.ip) ? undefined : { kind: 'ip', ip: host.ip, source }
  const domain = organisationalDomain(host.name)
  if (domain === undefined || isReservedName(domain) || isNeverListed(host.name, domain)) return undefined
  return { kind: 'name', name: host.name, organisationalDomain: domain, source }
}
