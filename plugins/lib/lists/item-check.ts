import { organisationalDomain } from '../mail/domain-name'
import type { Secrets, Settings } from '../settings/schema'
import { queriedName } from './ask'
import { configuredLists } from './configured'
import type { ListEngine } from './engine'
import { ipBytes } from './ip-address'
import { canonicalItem } from './query-name'
import type { Finding, Item, ListKind, ListState } from './types'
import { explainListing, findAllowing, judge } from './verdict'

/** What the lists say about an item, and what the gateway would do. */
export interface ItemCheck {
  readonly item: string
  readonly answers: readonly ListAnswer[]
  readonly isListed: boolean
  /** In words: `mail from 192.0.2.1 is refused: ...`. */
  readonly verdict: string
}

export interface ListAnswer {
  readonly kind: ListKind
  readonly finding: Finding
  readonly health: ListState
  /** DNS name that is asked, or the list file; a key reads `<key>`. */
  readonly asked: string
}

/** An item as it is asked about: which lists, and in which form. */
interface Question {
  readonly kind: ListKind
  readonly item: Item
}

export interface ItemCheckOptions {
  readonly lists: Pick<ListEngine, 'check' | 'lists'>
  readonly settings: Settings
  readonly secrets: Secrets
}

/** Not an address, a domain or a URL; the text says so. */
export class UnknownItem extends Error {}

/** Asks through the code that mail goes through, and leaves the health of lists as it is. */
export async function checkItems(
  items: readonly string[],
  { lists, settings, secrets }: ItemCheckOptions,
): Promise<readonly ItemCheck[]> {
  const questions = items.map((item) => [item, parseItem(item)] as const)
  const configured = new Map(configuredLists(settings, secrets).map((list) => [list.id, list]))
  const answer = async ({ kind, item }: Question): Promise<readonly ListAnswer[]> => {
    const findings = await lists.check(kind, item, () => undefined)
    return findings.map((finding) => {
      const list = configured.get(finding.listId)
      const asked = list?.source === 'dns' ? queriedName(list, item) : list?.file
      return { kind, finding, health: stateOf(lists.lists(kind), finding.listId), asked: asked ?? '' }
    })
  }
  return Promise.all(
    questions.map(async ([item, asked]) =>
      judgeItem(item, (await Promise.all(asked.map(answer))).flat(), settings),
    ),
  )
}

/** As the command line and the API give it. */
export const itemCheckJson = ({ item, answers, isListed, verdict }: ItemCheck) => ({
  item,
  isListed,
  verdict,
  answers: answers.map(({ kind, finding, health, asked }) => ({
    list: finding.list,
    kind,
    asked,
    health,
    finding,
  })),
})

const stateOf = (
  views: readonly { readonly id: string; readonly state: ListState }[],
  id: string,
): ListState => views.find((view) => view.id === id)?.state ?? { kind: 'up' }

/** An IP address as a client; a name, or the host of a URL or an address, as a name in a session or message. */
function parseItem(text: string): readonly Question[] {
  if (ipBytes(text)) {
    const item = { kind: 'ip', ip: text } as const
    return [
      { kind: 'ip_allowlist', item },
      { kind: 'ip_blocklist', item },
      { kind: 'uri_blocklist', item },
    ]
  }
  const host = hostOf(text)
  if (ipBytes(host)) return [{ kind: 'uri_blocklist', item: { kind: 'ip', ip: host } }]
  const item = canonicalItem({ kind: 'name', name: host })
  if (item?.kind !== 'name' || !item.name.includes('.')) {
    throw new UnknownItem(`${JSON.stringify(text)} must be an IP address, a domain or a URL`)
  }
  // As for mail: URI lists hold what somebody registered, not its hosts.
  const registered = organisationalDomain(item.name) ?? item.name
  return [
    { kind: 'domain_blocklist', item },
    { kind: 'uri_blocklist', item: { kind: 'name', name: registered } },
  ]
}

function hostOf(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text.slice(text.lastIndexOf('@') + 1)
  return URL.canParse(text) ? new URL(text).hostname.replace(/^\[|\]$/g, '') : text
}

function judgeItem(item: string, answers: readonly ListAnswer[], settings: Settings): ItemCheck {
  const blocking = answers.filter(({ kind }) => kind !== 'ip_allowlist').map(({ finding }) => finding)
  const isListed = blocking.some(({ kind }) => kind === 'listed')
  return { item, answers, isListed, verdict: describeVerdict(item, answers, blocking, settings) }
}

function describeVerdict(
  item: string,
  answers: readonly ListAnswer[],
  blocking: readonly Finding[],
  settings: Settings,
): string {
  if (answers.length === 0) return 'no list of the settings takes it'
  const verdict = judge(blocking, { rejectScore: settings.reject_score })
  const allowing = findAllowing(
    answers.filter(({ kind }) => kind === 'ip_allowlist').map(({ finding }) => finding),
  )
  const noted = verdict.score === 0 ? '' : `, with a score of ${verdict.score} of ${settings.reject_score}`
  if (verdict.kind === 'pass') return `mail passes${noted}`
  const reason = verdict.by.map(explainListing).join('; ')
  if (allowing) return `mail passes, because ${allowing.list} allows ${item}, although ${reason}`
  if (settings.shadow) return `mail would be refused, but shadow is true: ${reason}`
  return `mail is refused: ${reason}`
}
