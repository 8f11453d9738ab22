import { readableAddress } from './address'
import { capName, cleanText, foreignAddress, type Mark, type MarkTemplate } from './display-name'
import { decodeEncodedWords, textOf, type TextPart } from './encoded-word'
import { foldField, phrasePieces } from './folding'
import type { Group, Mailbox, Name } from './from-field'

/** One From field against the rules for one sender. */

export interface FieldRules {
  readonly sender: string
  readonly mark: Mark
  readonly template: MarkTemplate
  isAligned(host: string): boolean
  isAllowed(host: string): boolean
  isOwn(host: string): boolean
  /** Mark whatever is in it: the message has several From fields. */
  readonly isDoubtful: boolean
}

export interface FieldResult {
  /** Null when the field stays as it is. */
  readonly value: string | null
  /** What was wrong; of a field that stays, what was right. */
  readonly why: readonly string[]
}

export function markField(entries: readonly (Mailbox | Group)[], rules: FieldRules): FieldResult {
  const results = entries.map((entry) =>
    entry.kind === 'group' ? markGroup(entry, rules) : markMailbox(entry, rules),
  )
  const isChanged = results.some((result) => result.isChanged)
  const why = results.filter((result) => result.isChanged === isChanged).flatMap((result) => result.why)
  return { value: isChanged ? foldField(commaSeparated(results)) : null, why: [...new Set(why)] }
}

interface MarkedEntry {
  readonly isChanged: boolean
  readonly why: readonly string[]
  readonly pieces: readonly string[]
}

function markMailbox(mailbox: Mailbox, rules: FieldRules): MarkedEntry {
  const { address } = mailbox
  if (!address) {
    const name = mailbox.name.text === '' ? { text: mailbox.comment, isMixed: false } : mailbox.name
    return markGroup({ kind: 'group', name, members: [], isAmbiguous: true }, rules)
  }
  const { parts, isComment } = shownName(mailbox)
  const reasons = markReasons(mailbox, textOf(parts), rules)
  if (reasons.length === 0) {
    const kept = withoutMarks(parts, rules, (domain) => !rules.isAligned(domain))
    const isChanged = textOf(kept) !== textOf(parts)
    const why = isChanged
      ? `name claims to come from elsewhere than ${rules.sender}`
      : `${address.host} in From matches ${rules.sender}`
    const name = kept.length === 0 ? [] : phrasePieces(kept, { before: '', after: '' })
    return {
      isChanged,
      why: [why],
      pieces: name.length === 0 ? [address.text] : [...name, `<${address.text}>`],
    }
  }
  const bare = bareName(parts, rules)
  const name =
    bare.length > 0 ? bare : bareName(clean([{ kind: 'text', text: readableAddress(address) }]), rules)
  const isMarked = !isComment && !mailbox.isAmbiguous && carriesMark(mailbox.name, name, rules.mark)
  return {
    isChanged: !isMarked,
    why: isMarked ? [`already marked with ${rules.sender}`] : reasons,
    pieces: [...phrasePieces(name, rules.mark), `<${address.text}>`],
  }
}

/** Why a mailbox has to be marked; empty when it is aligned and shows nothing misleading. */
function markReasons({ address, isAmbiguous }: Mailbox, shown: string, rules: FieldRules): string[] {
  if (!address) return []
  const reasons: string[] = []
  if (!rules.isAligned(address.host) && !rules.isAllowed(address.host)) {
    const owner = rules.isOwn(address.host) ? ' (own domain)' : ''
    reasons.push(`${address.host}${owner} in From does not match ${rules.sender}`)
  }
  if (isAmbiguous) reasons.push('From can be read in more than one way')
  if (rules.isDoubtful) reasons.push('message has several From fields')
  const foreign = foreignAddress(shown, address)
  if (foreign !== null) reasons.push(`name shows another address, ${foreign}`)
  if (address.local.includes('@')) reasons.push(`local part shows another address, ${address.local}`)
  return reasons
}

/** Members are mailboxes; the phrase is marked when it is all there is, or when it shows an address. */
function markGroup(group: Group, rules: FieldRules): MarkedEntry {
  const members = group.members.map((member) => markMailbox(member, rules))
  const parts = clean(decodeEncodedWords(group.name.text))
  const foreign = foreignAddress(textOf(parts), null)
  const needsMark = members.length === 0 || foreign !== null
  const name = needsMark
    ? bareName(parts, rules)
    : withoutMarks(parts, rules, (domain) => !rules.isAligned(domain))
  const isPhraseChanged = needsMark
    ? !carriesMark(group.name, name, rules.mark)
    : textOf(name) !== textOf(parts)
  const phrase = phrasePieces(name, needsMark ? rules.mark : { before: '', after: '' })
  const why = isPhraseChanged || group.isAmbiguous ? [phraseReason(foreign, members.length, rules)] : []
  const changed = members.filter(({ isChanged }) => isChanged)
  return {
    isChanged: isPhraseChanged || group.isAmbiguous || changed.length > 0,
    why: [
      ...why,
      ...(changed.length > 0 || why.length > 0 ? changed : members).flatMap((member) => member.why),
    ],
    pieces:
      members.length === 0
        ? appendTo(phrase, ':;')
        : [...appendTo(phrase, ':'), ...appendTo(commaSeparated(members), ';')],
  }
}

function phraseReason(foreign: string | null, members: number, rules: FieldRules): string {
  if (foreign !== null) return `name shows another address, ${foreign}`
  return members === 0
    ? `From holds no address that could match ${rules.sender}`
    : `group claims to come from elsewhere than ${rules.sender}`
}

/** The phrase, or the comment when the phrase shows nothing. */
function shownName({ name, comment }: Mailbox): { parts: readonly TextPart[]; isComment: boolean } {
  const parts = clean(decodeEncodedWords(name.text))
  return parts.length > 0 || comment === ''
    ? { parts, isComment: false }
    : { parts: clean(decodeEncodedWords(comment)), isComment: true }
}

/** A name that already reads as we would write it, and is written so that every reader shows the mark. */
function carriesMark(written: Name, name: readonly TextPart[], mark: Mark): boolean {
  if (written.isMixed) return false
  return textOf(decodeEncodedWords(written.text)) === `${mark.before}${textOf(name)}${mark.after}`.trim()
}

/** What the mark goes to: short, and without any mark at its end, also where it was cut. */
function bareName(parts: readonly TextPart[], rules: FieldRules): readonly TextPart[] {
  const bare = withoutMarks(parts, rules, () => true)
  const short = capped(bare)
  const isCut = textOf(short) !== textOf(bare)
  return isCut && textOf(withoutMarks(short, rules, () => true)) !== textOf(short)
    ? bareName(short, rules)
    : short
}

function withoutMarks(
  parts: readonly TextPart[],
  { template }: FieldRules,
  isForged: (domain: string) => boolean,
): readonly TextPart[] {
  return trimmed(
    parts.map((part) =>
      part.kind === 'text' ? { ...part, text: template.strip(part.text, isForged) } : part,
    ),
  )
}

function clean(parts: readonly TextPart[]): readonly TextPart[] {
  return trimmed(parts.map((part) => (part.kind === 'text' ? { ...part, text: cleanText(part.text) } : part)))
}

function trimmed(parts: readonly TextPart[]): readonly TextPart[] {
  return parts
    .map((part, index) => {
      if (part.kind === 'opaque') return part
      const text = index === 0 ? part.text.trimStart() : part.text
      return { ...part, text: index === parts.length - 1 ? text.trimEnd() : text }
    })
    .filter((part) => part.kind === 'opaque' || part.text !== '')
}

/** How many unreadable words may stand before the mark; each shows as a few characters at least. */
const maxOpaqueWords = 4

function capped(parts: readonly TextPart[]): readonly TextPart[] {
  const short = parts.map((part) => (part.kind === 'text' ? { ...part, text: capName(part.text) } : part))
  return short.length <= maxOpaqueWords
    ? short
    : [...short.slice(0, maxOpaqueWords), { kind: 'text', text: '…' }]
}

function commaSeparated(entries: readonly MarkedEntry[]): string[] {
  return entries.flatMap(({ pieces }, index) => (index < entries.length - 1 ? appendTo(pieces, ',') : pieces))
}

function appendTo(pieces: readonly string[], text: string): string[] {
  return [...pieces.slice(0, -1), `${pieces.at(-1) ?? ''}${text}`]
}
