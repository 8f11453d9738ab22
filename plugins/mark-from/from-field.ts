import { parseAddress, type Address } from './address'
import { tokenize, type Token } from './tokens'

/**
 * From fields (RFC 5322 section 3.6.2, groups by RFC 6854), read the tolerant way: whatever arrives has a
 * reading, and `isAmbiguous` says that another reader may see something else.
 */
export interface Mailbox {
  readonly kind: 'mailbox'
  readonly name: Name
  readonly comment: string
  /** Null when there is none that could be written down. */
  readonly address: Address | null
  readonly isAmbiguous: boolean
}

export type ParsedField = readonly (Mailbox | Group)[]

export interface Group {
  readonly kind: 'group'
  readonly name: Name
  readonly members: readonly Mailbox[]
  readonly isAmbiguous: boolean
}

/** A phrase before decoding: quotes removed, encoded-words as they are. */
export interface Name {
  readonly text: string
  /** Quoted-strings and encoded-words side by side: some readers show only the first. */
  readonly isMixed: boolean
}

/** Each message is asked for its From four times; what is longer than that is read each time. */
const MAX_REMEMBERED = 64
const MAX_REMEMBERED_LENGTH = 500
const remembered = new Map<string, ParsedField>()

export function parseFrom(value: string): ParsedField {
  const known = remembered.get(value)
  if (known) return known
  const entries = parseField(value)
  if (remembered.size >= MAX_REMEMBERED) remembered.clear()
  if (value.length <= MAX_REMEMBERED_LENGTH) remembered.set(value, entries)
  return entries
}

function parseField(value: string): ParsedField {
  const tokens = tokenize(value.replace(/\p{Cs}/gu, '\ufffd'))
  const lastSemicolon = tokens.findLastIndex((token) => isSeparator(token, ';'))
  const entries: (Mailbox | Group)[] = []
  let current: Token[] = []
  let position = 0
  const flush = (): void => {
    if (current.some(isContent)) entries.push(parseMailbox(current))
    current = []
  }
  while (position < tokens.length) {
    const token = tokens[position] as Token
    if (isSeparator(token, ':') && position < lastSemicolon && isPhrase(current)) {
      const end = tokens.findIndex((other, index) => index > position && isSeparator(other, ';'))
      entries.push(parseGroup(current, tokens.slice(position + 1, end)))
      current = []
      position = end
    } else if (isSeparator(token, ',') || isSeparator(token, ';')) flush()
    else current.push(token)
    position += 1
  }
  flush()
  return mergeFragments(entries)
}

function isSeparator(token: Token, text: string): boolean {
  return token.kind === 'separator' && token.text === text
}

function isContent(token: Token): boolean {
  return token.kind !== 'space' && token.kind !== 'comment'
}

function isPhrase(tokens: readonly Token[]): boolean {
  return tokens.every((token) => token.kind !== 'angle')
}

function parseGroup(phrase: readonly Token[], content: readonly Token[]): Group {
  const members: Mailbox[] = []
  let current: Token[] = []
  for (const token of [...content, { kind: 'separator', text: ',' } as const]) {
    if (!isSeparator(token, ',')) current.push(token)
    else {
      if (current.some(isContent)) members.push(parseMailbox(current))
      current = []
    }
  }
  const merged = mergeFragments(members)
  const nameless = merged.filter(({ address }) => !address)
  const name = nameOf(phrase)
  return {
    kind: 'group',
    name: nameless.length === 0 ? name : joinedName([name, ...nameless.map((member) => member.name)]),
    members: merged.filter(({ address }) => address),
    isAmbiguous: nameless.length > 0 || phrase.some((token) => token.kind === 'stray'),
  }
}

function parseMailbox(tokens: readonly Token[]): Mailbox {
  const isAmbiguous = tokens.some((token) => token.kind === 'stray' || token.kind === 'separator')
  const comment = tokens
    .flatMap((token) => (token.kind === 'comment' ? [token.text] : []))
    .join(' ')
    .trim()
  const parts = tokens.some((token) => token.kind === 'angle') ? nameAndAngle(tokens) : bareAddress(tokens)
  return {
    kind: 'mailbox',
    name: nameOf(parts.name),
    comment,
    address: parts.address,
    isAmbiguous: isAmbiguous || parts.isAmbiguous || parts.address?.isClear === false,
  }
}

interface MailboxParts {
  readonly name: readonly Token[]
  readonly address: Address | null
  readonly isAmbiguous: boolean
}

/** The last angle that holds an address wins; everything else is name. */
function nameAndAngle(tokens: readonly Token[]): MailboxParts {
  const addresses = tokens.map((token) => (token.kind === 'angle' ? parseAddress(token.text) : null))
  const index = addresses.findLastIndex((address) => address !== null)
  const name = index === -1 ? tokens : tokens.toSpliced(index, 1)
  return {
    name,
    address: addresses[index] ?? null,
    isAmbiguous: name.some((token) => token.kind === 'angle') || tokens.slice(index + 1).some(isContent),
  }
}

/** An addr-spec without angle brackets, perhaps with other words before or after it. */
function bareAddress(tokens: readonly Token[]): MailboxParts {
  const whole = parseAddress(rawText(tokens))
  if (whole?.isClear) return { name: [], address: whole, isAmbiguous: false }
  const chunks = chunksOf(tokens)
  const index = chunks.findLastIndex((chunk) => parseAddress(rawText(chunk)) !== null)
  if (index === -1) return { name: tokens, address: null, isAmbiguous: false }
  return {
    name: chunks.toSpliced(index, 1).flatMap((chunk) => [...chunk, { kind: 'space' } as const]),
    address: parseAddress(rawText(chunks[index] ?? [])),
    isAmbiguous: true,
  }
}

function rawText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.kind === 'quoted') return token.raw
      return token.kind === 'word' || token.kind === 'separator' ? token.text : ' '
    })
    .join('')
}

function chunksOf(tokens: readonly Token[]): Token[][] {
  const chunks: Token[][] = [[]]
  for (const token of tokens) {
    if (token.kind === 'space' || token.kind === 'comment') chunks.push([])
    else chunks.at(-1)?.push(token)
  }
  return chunks
}

function nameOf(tokens: readonly Token[]): Name {
  let text = ''
  let previous: Token['kind'] = 'space'
  for (const token of tokens) {
    // A quoted-string is a word of its own, whatever touches it.
    const isApart = token.kind !== previous && (token.kind === 'quoted' || previous === 'quoted')
    if (isApart || token.kind === 'space' || token.kind === 'comment' || token.kind === 'angle') text += ' '
    if (token.kind === 'angle') text += `${token.text} `
    else if (token.kind !== 'space' && token.kind !== 'comment' && token.kind !== 'stray') text += token.text
    previous = token.kind
  }
  const isQuoted = tokens.some((token) => token.kind === 'quoted')
  return { text: text.replace(/[ \t\r\n]+/g, ' ').trim(), isMixed: isQuoted && text.includes('=?') }
}

/** `Doe, John <j@x.com>` without quotes is one mailbox, though its comma says two. */
function mergeFragments<Entry extends Mailbox | Group>(entries: readonly Entry[]): Entry[] {
  const merged: Entry[] = []
  let fragments: Mailbox[] = []
  for (const entry of entries) {
    if (entry.kind === 'mailbox' && !entry.address) {
      fragments.push(entry)
      continue
    }
    if (entry.kind === 'mailbox' && fragments.length > 0)
      merged.push({ ...entry, ...joined([...fragments, entry]) })
    else merged.push(...(fragments as Entry[]), entry)
    fragments = []
  }
  return [...merged, ...(fragments as Entry[])]
}

function joined(mailboxes: readonly Mailbox[]): Pick<Mailbox, 'name' | 'isAmbiguous'> {
  return {
    name: joinedName(mailboxes.map(({ name }) => name)),
    isAmbiguous: mailboxes.some(({ isAmbiguous }) => isAmbiguous),
  }
}

function joinedName(names: readonly Name[]): Name {
  const texts = names.map(({ text }) => text).filter((text) => text !== '')
  return { text: texts.join(', '), isMixed: names.some(({ isMixed }) => isMixed) }
}
