import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Gateway } from '../lib/gateway'
import { expiryAfter, parseExpiry } from '../lib/lists/expiry'
import { publicFile, replaceFile } from '../lib/settings/replace-file'
import { withStateLock } from '../lib/settings/save/lock'

/** An entry of a list file that holds for a time. */
export interface Allowance {
  /** As it stands in the file. */
  readonly value: string
  /** Milliseconds since the epoch. */
  readonly until: number
  readonly by: string
  readonly note: string
}

export interface NewAllowance {
  readonly value: string
  readonly days: number
  readonly by: string
  readonly note: string
}

const HEAD = '# What the web page lets through for a time. Entries of your own are left alone.\n'

export function readAllowances(path: string, now: number): readonly Allowance[] {
  return readLines(path).flatMap((line) => {
    const allowance = parseLine(line)
    return allowance && allowance.until > now ? [allowance] : []
  })
}

/** Adds an entry in place of an earlier one, and clears away those that hold no more; returns the line and its end. */
export async function addAllowance(
  gateway: Gateway,
  path: string,
  { value, days, by, note }: NewAllowance,
  now: number,
): Promise<{ readonly entry: string; readonly until: number }> {
  const { text, at } = expiryAfter(now, days)
  const words = plain(note)
  const entry = `${value}  # ${text} by ${plain(by)}${words === '' ? '' : `: ${words}`}`
  await change(gateway, path, (lines) => {
    const others = lines.filter((line) => {
      const known = parseLine(line)
      return !known || (known.value !== value && known.until > now)
    })
    return [...others, entry]
  })
  return { entry, until: at }
}

/** Returns whether there was one. */
export async function removeAllowance(gateway: Gateway, path: string, value: string): Promise<boolean> {
  let isFound = false
  await change(gateway, path, (lines) => {
    const others = lines.filter((line) => parseLine(line)?.value !== value)
    isFound = others.length < lines.length
    return others
  })
  return isFound
}

function change(
  { instanceDir }: Gateway,
  path: string,
  edit: (lines: readonly string[]) => readonly string[],
): Promise<void> {
  return withStateLock(join(instanceDir, 'state'), 'lists', () => {
    mkdirSync(dirname(path), { recursive: true })
    const before = readLines(path)
    const after = edit(before)
    const text = after.length === 0 ? '' : `${after.join('\n')}\n`
    replaceFile(path, existsSync(path) ? text : `${HEAD}${text}`, publicFile)
  })
}

function readLines(path: string): readonly string[] {
  if (!existsSync(path)) return []
  const text = readFileSync(path, 'utf8')
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

function parseLine(line: string): Allowance | undefined {
  const cut = line.indexOf('#')
  const value = line.slice(0, cut).trim()
  const expiry = parseExpiry(line.slice(cut + 1))
  if (cut < 0 || value === '' || expiry.kind !== 'until') return undefined
  const [, by = '', note = ''] = /^ by ([^:]*)(?:: (.*))?$/.exec(expiry.rest.trimEnd()) ?? []
  return { value, until: expiry.at, by, note }
}

/** What cannot end the line early, or be taken for the name of who wrote it. */
const plain = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .trim()
    .slice(0, 200)
