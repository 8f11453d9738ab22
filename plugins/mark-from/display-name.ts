import { canonicalHost } from './alignment'

/** What people read beside an address, and the tricks played with it. */

const maxGraphemes = 64
/** Code points of one grapheme: a family of emoji with skin tones has 11, more is stacked-up accents. */
const maxGraphemeLength = 16

const emojiSequences =
  /\u{1f3f4}[\u{e0020}-\u{e007e}]{2,6}\u{e007f}|[\d#*]\ufe0f\u20e3|\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?){0,7}/gu
// Default_Ignorable_Code_Point holds bidi controls, zero-width characters, Hangul fillers and tags.
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cc}\ufff9-\ufffb]/gu
/** White space, U+2800 (an empty Braille cell), and angle brackets: some readers drop `<...>` in a name. */
const blank = /[\s\u2800<>]+/g

/** Without invisible characters, each run of white space one space. Ends keep theirs: parts are joined. */
export function cleanText(text: string): string {
  if (/^[\x21-\x3b=\x3f-\x7e]*(?: [\x21-\x3b=\x3f-\x7e]+)* ?$/.test(text)) return text
  const spaced = text.replace(blank, ' ')
  if (isAscii(spaced)) return spaced
  return keepingEmoji(spaced).replace(/ {2,}/g, ' ')
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

function keepingEmoji(text: string): string {
  let kept = ''
  let end = 0
  for (const match of text.matchAll(emojiSequences)) {
    kept += text.slice(end, match.index).replace(invisible, '') + match[0]
    end = match.index + match[0].length
  }
  return kept + text.slice(end).replace(invisible, '')
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
/** Nearly a grapheme. The segmenter knows better, and costs ten times as much: it is asked about the last one only. */
const nearlyGrapheme =
  /\p{Regional_Indicator}{2}|[\s\S][\p{M}\p{Emoji_Modifier}\u{e0020}-\u{e007f}]*(?:\u200d[\s\S][\p{M}\p{Emoji_Modifier}]*)*/gu
const piledMarks = new RegExp(String.raw`(\p{M}{${maxGraphemeLength - 1}})\p{M}+`, 'gu')

/** So long that a name fills no line of a list, so short that the mark behind it stays in sight. */
export function capName(name: string): string {
  if (name.length <= maxGraphemes && (name.length <= maxGraphemeLength || !/\p{M}/u.test(name))) return name
  if (isAscii(name)) return `${name.slice(0, maxGraphemes).trimEnd()}…`
  const start = name.slice(0, maxGraphemes * maxGraphemeLength).replace(/[\ud800-\udbff]$/, '')
  nearlyGrapheme.lastIndex = 0
  let count = 0
  while (count < maxGraphemes && nearlyGrapheme.test(start)) count += 1
  const end = nearlyGrapheme.lastIndex
  const isShort = count < maxGraphemes || end === start.length
  const kept = isShort ? start : start.slice(0, graphemeStart(start, end))
  const text = kept.replace(piledMarks, '$1')
  return kept.length === name.length ? text : `${text.trimEnd()}…`
}

function graphemeStart(text: string, index: number): number {
  const start = graphemes.segment(text).containing(index)?.index ?? index
  // Letters of some scripts join without end.
  return index - start > maxGraphemeLength ? index : start
}

/** What a mark adds to a name, for one domain: one of them is empty. */
export interface Mark {
  readonly before: string
  readonly after: string
}

export interface MarkTemplate {
  forDomain(domain: string): Mark
  /** The name without marks at its ends that name a domain for which `isForged`. */
  strip(name: string, isForged: (domain: string) => boolean): string
}

const hostPattern = String.raw`((?:[\p{L}\p{N}_][\p{L}\p{M}\p{N}_-]*[.\u3002])+[\p{L}\p{N}](?:-*[\p{L}\p{M}\p{N}])*|\[[\da-f:.ipv]{2,50}\])`
/** The usual mark, however it is dressed up: `(via "bank.com").` */
const usualMark = new RegExp(
  String.raw`(?:^|[\s\p{P}\p{S}])via[\s:]*[\p{Pi}"'({]*` + hostPattern + String.raw`[\s\p{P}\p{S}]*$`,
  'iu',
)

export function createMarkTemplate(template: string): MarkTemplate {
  const [start = '', end = ''] = template.split('{name}')
  const patterns = [usualMark]
  if (end.includes('{domain}')) patterns.push(new RegExp(`${markPattern(end)}$`, 'iu'))
  if (start.includes('{domain}')) patterns.push(new RegExp(`^${markPattern(start)}`, 'iu'))

  function forDomain(domain: string): Mark {
    return { before: start.replace('{domain}', () => domain), after: end.replace('{domain}', () => domain) }
  }

  return { forDomain, strip: (name, isForged) => stripMarks(name, patterns, isForged) }
}

function markPattern(text: string): string {
  const literals = text
    .split('{domain}')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`))
  return literals.join(hostPattern)
}

/** Longest mark looked at from an end of a name: a name of a host and the words of a template. */
const maxMarkLength = 400

function stripMarks(
  name: string,
  patterns: readonly RegExp[],
  isForged: (domain: string) => boolean,
): string {
  for (const pattern of patterns) {
    // Compatibility forms, such as full-width letters, read the same.
    const rest =
      stripOnce(name, pattern, isForged) ??
      (isAscii(name) ? null : stripOnce(name.normalize('NFKC'), pattern, isForged))
    if (rest !== null) return stripMarks(rest, patterns, isForged)
  }
  return name
}

function stripOnce(name: string, pattern: RegExp, isForged: (domain: string) => boolean): string | null {
  const isAtStart = pattern.source.startsWith('^')
  const from = isAtStart ? 0 : Math.max(0, name.length - maxMarkLength)
  const match = pattern.exec(isAtStart ? name.slice(0, maxMarkLength) : name.slice(from))
  if (!match?.[1] || !isForged(match[1])) return null
  return isAtStart ? name.slice(match[0].length).trimStart() : name.slice(0, from + match.index).trimEnd()
}

const addressDomain = /^ ?((?:[\p{L}\p{N}_][\p{L}\p{M}\p{N}_-]*[.\u3002])+[\p{L}\p{N}][\p{L}\p{M}\p{N}-]*)/u
const notLocal = /[\s"'(),:;<>@[\\\]]/

/** An address in the name that is not the mailbox's own: `"info@bank.com" <x@evil.net>`. */
export function foreignAddress(name: string, own: { local: string; host: string } | null): string | null {
  const text = name.normalize('NFKC')
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const local =
      text
        .slice(Math.max(0, at - 64), at)
        .trimEnd()
        .split(notLocal)
        .at(-1) ?? ''
    const host = addressDomain.exec(text.slice(at + 1, at + 256))?.[1]
    if (local === '' || host === undefined) continue
    const isOwn =
      own?.local.toLowerCase() === local.toLowerCase() && canonicalHost(own.host) === canonicalHost(host)
    if (!isOwn) return `${local}@${host}`
  }
  return null
}
