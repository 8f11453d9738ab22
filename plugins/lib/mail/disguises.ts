/** Characters that a reader does not see: first and last of each range. */
const invisibleRanges: readonly (readonly [number, number])[] = [
  [0x0000, 0x0000],
  [0x00ad, 0x00ad], // soft hyphen
  [0x034f, 0x034f], // grapheme joiner
  [0x061c, 0x061c], // Arabic letter mark
  [0x115f, 0x1160], // blank Hangul letters, and the next three that are blank letters too
  [0x17b4, 0x17b5],
  [0x3164, 0x3164],
  [0xffa0, 0xffa0],
  [0x180b, 0x180f], // Mongolian variation selectors
  [0x200b, 0x200f], // zero-width spaces and joiners, direction marks
  [0x202a, 0x202e], // direction overrides
  [0x2060, 0x206f], // word joiner, invisible operators, isolates
  [0xfe00, 0xfe0f], // variation selectors
  [0xfeff, 0xfeff], // byte order mark
]
const escaped = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`
const invisible = new RegExp(
  `[${invisibleRanges.map(([first, last]) => `${escaped(first)}-${escaped(last)}`).join('')}]+`,
  'g',
)

/** What UTS 46 and NFKC take for a full stop. */
const otherDots = /[\u2024\u3002\uFF0E\uFF61]/g

/** `evil[.]com`, `evil(dot)com`: written for people who put the dot back. */
const bracketedDot = / ?[[({](?:\.|dot)[\])}] ?/gi

/** What has to be there for any of it: a character that is not ASCII, a NUL, an opening bracket. */
// eslint-disable-next-line no-control-regex -- NUL is one of them
const suspicious = /[^\x01-\x7f]|[([{]/

/** The text as a reader takes it: nothing invisible, every dot a dot, full-width letters as plain ones. */
export function withoutDisguise(text: string): string {
  if (!suspicious.test(text)) return text
  return text.replace(invisible, '').replace(otherDots, '.').normalize('NFKC').replace(bracketedDot, '.')
}
