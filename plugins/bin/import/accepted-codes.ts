import type { KnownList } from '../../lib/lists'
import type { CodeOverrides } from '../../lib/lists/code-table'

/** Which answers of a list counted before: its `validate` and `bitmask`. */
export interface AnswerRule {
  readonly validate?: RegExp
  /** Bits of the last octet, any of which makes a listing. */
  readonly bitmask?: number
}

/** What `action` and `codes` have to say so that the same answers refuse, and what they cannot say. */
export interface AcceptedCodes {
  readonly options: { readonly action?: 'note'; readonly codes?: CodeOverrides }
  readonly lost?: string
}

/** More ranges than these tell an operator nothing. */
const maxRanges = 8

export function acceptedCodes(rule: AnswerRule, known: KnownList | undefined): AcceptedCodes {
  return known ? ofKnownList(rule, known) : ofUnknownList(rule)
}

/** The catalogue's codes that did not count are ignored; bits that were asked for refuse, as they did. */
function ofKnownList(rule: AnswerRule, known: KnownList): AcceptedCodes {
  const codes: Record<string, 'ignore' | 'reject'> = {}
  const unwritable: string[] = []
  for (const { code, action } of known.codes) {
    const counted = accepts(rule, sampleOf(code))
    if (counted && (rule.bitmask === undefined || action === 'reject')) continue
    const written = code.includes('&') ? `127.0.0.${code.slice(code.indexOf('&') + 1)}` : code
    if (/^127(?:\.\d+){3}(?:-\d+)?$/.test(written)) codes[written] = counted ? 'reject' : 'ignore'
    else unwritable.push(code)
  }
  return {
    options: Object.keys(codes).length > 0 ? { codes } : {},
    ...(unwritable.length > 0 && { lost: `its rules about the answers ${unwritable.join(', ')}` }),
  }
}

/** An answer that a line of the catalogue speaks of. */
function sampleOf(code: string): string {
  return code
    .split('.')
    .map((octet) => (octet === 'x' ? '0' : octet.replace('&', '').replace(/-.*/, '')))
    .join('.')
}

/**
 * Everything an unknown list answers refuses, so the answers that counted are written out and the others only
 * noted. Tried are 127.0.0.2 to 127.0.10.255: where lists answer.
 */
function ofUnknownList(rule: AnswerRule): AcceptedCodes {
  const thirdOctets = rule.bitmask === undefined ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [0]
  const tried = thirdOctets.flatMap((third) =>
    Array.from({ length: 256 }, (_, last) => ({ third, last })).filter(({ last }) => third > 0 || last >= 2),
  )
  const counted = tried.filter(({ third, last }) => accepts(rule, `127.0.${third}.${last}`))
  if (counted.length === tried.length) return { options: {} }
  const ranges = rangesOf(counted)
  if (ranges.length === 0 || ranges.length > maxRanges) {
    const why = 'which of its answers count cannot be written: all are only recorded (action: note)'
    return { options: { action: 'note' }, lost: why }
  }
  return { options: { action: 'note', codes: Object.fromEntries(ranges.map((range) => [range, 'reject'])) } }
}

interface Answer {
  readonly third: number
  readonly last: number
}

function rangesOf(answers: readonly Answer[]): readonly string[] {
  const ranges: { third: number; first: number; last: number }[] = []
  for (const { third, last } of answers) {
    const open = ranges.at(-1)
    if (open?.third === third && open.last === last - 1) open.last = last
    else ranges.push({ third, first: last, last })
  }
  return ranges.map(({ third, first, last }) => `127.0.${third}.${first}${first === last ? '' : `-${last}`}`)
}

function accepts({ validate, bitmask }: AnswerRule, answer: string): boolean {
  if (validate && !validate.test(answer)) return false
  return bitmask === undefined || (Number(answer.slice(answer.lastIndexOf('.') + 1)) & bitmask) !== 0
}
