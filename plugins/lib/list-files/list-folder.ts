import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fingerprint } from '../fingerprint'
import type { Over } from '../fleet/replica'
import { parseListFile, readListFile } from '../lists/list-file'
import { publicFile, replaceFile } from '../settings/replace-file'
import { withStateLock } from '../settings/save/lock'

/** A list file as it is now. */
export interface ListFileText {
  /** As the settings name it: `lists/blocked.txt`. */
  readonly name: string
  readonly version: string
  readonly text: string
}

export interface ListFileFacts {
  readonly file: string
  /** Bytes. */
  readonly size: number
  readonly entries: number
  readonly version: string
}

export type SavedListFile =
  | {
      readonly kind: 'saved'
      readonly version: string
      readonly entries: number
      /** Lines that count for nothing. */
      readonly problems: readonly { readonly line: number; readonly message: string }[]
    }
  /** Somebody else saved since; `version` of what is there now. */
  | { readonly kind: 'conflict'; readonly version: string | undefined }

/** Longer ones are edited with other means. */
export const maxListFileBytes = 8 * 1024 * 1024
const maxProblems = 100
const maxFiles = 500
const maxDepth = 4
const folder = 'lists'

export interface SaveOptions {
  /** Mail addresses are entries, too: the file of `allowed_senders`. */
  readonly takesAddresses: boolean
}

/** Files below config/lists, by names that don't lead out of it. */
export interface ListFolder {
  list(): Promise<readonly ListFileFacts[]>
  /** Another one when a file has come, gone or changed. */
  stamp(): string
  /** The name as the settings spell it; undefined for one that names no file of the folder. */
  nameOf(written: string): string | undefined
  read(name: string): ListFileText | undefined
  /** `base`: the version that was edited; undefined for a file that is not there yet. */
  save(name: string, text: string, base: string | undefined, options: SaveOptions): Promise<SavedListFile>
  /** `text` undefined: takes the file away. Returns whether it did: what is there may not be what it may replace. */
  replace(name: string, text: string | undefined, over?: Over): Promise<boolean>
}

/**
 * Nothing but config/lists: beside it are keys and passwords. Neither `..` nor a link leads out, wherever it stands
 * in a name.
 */
export function createListFolder(instanceDir: string): ListFolder {
  const configDir = join(instanceDir, 'config')
  const seen = new Map<string, { readonly stamp: string; readonly facts: ListFileFacts }>()

  return {
    async list() {
      const found: ListFileFacts[] = []
      for (const name of namesBelow(configDir, folder).slice(0, maxFiles)) {
        const stamp = stampAt(join(configDir, name))
        const known = seen.get(name)
        const facts = known?.stamp === stamp ? known.facts : await readFacts(configDir, name)
        seen.set(name, { stamp, facts })
        found.push(facts)
      }
      return found
    },

    stamp: () =>
      namesBelow(configDir, folder)
        .map((name) => `${name} ${stampAt(join(configDir, name))}`)
        .join('\n'),

    nameOf(written) {
      const name = written.startsWith(`${folder}/`) ? written : `${folder}/${written}`
      return isSafeName(name) && isInside(configDir, name) ? name : undefined
    },

    read(name) {
      const path = join(configDir, name)
      if (!existsSync(path)) return undefined
      const content = readFileSync(path)
      return { name, version: fingerprint(content), text: content.toString('utf8') }
    },

    async save(name, text, base, { takesAddresses }) {
      const path = join(configDir, name)
      const content = Buffer.from(text)
      const { entries, badLines, badLineCount } = await parseListFile(content, {
        maxBadLines: maxProblems,
        takesAddresses,
      })
      return withStateLock(join(instanceDir, 'state'), 'lists', (): SavedListFile => {
        const now = versionAt(path)
        if (now !== base) return { kind: 'conflict', version: now }
        mkdirSync(dirname(path), { recursive: true })
        replaceFile(path, text, publicFile)
        const problems = badLines.map(({ line, problem }) => ({ line, message: problem }))
        const more = badLineCount - badLines.length
        if (more > 0) problems.push({ line: 0, message: `and ${more} more lines` })
        return { kind: 'saved', version: fingerprint(content), entries: entries.size, problems }
      })
    },

    replace: (name, text, over) =>
      withStateLock(join(instanceDir, 'state'), 'lists', () => {
        const path = join(configDir, name)
        if (over && versionAt(path) !== over.fingerprint) return false
        mkdirSync(dirname(path), { recursive: true })
        if (text === undefined) rmSync(path, { force: true })
        else replaceFile(path, text, publicFile)
        return true
      }),
  }
}

function versionAt(path: string): string | undefined {
  return existsSync(path) ? fingerprint(readFileSync(path)) : undefined
}

function stampAt(path: string): string {
  const { ino, size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {}
  return [ino, size, mtimeMs].join(' ')
}

async function readFacts(configDir: string, name: string): Promise<ListFileFacts> {
  const path = join(configDir, name)
  const { entries } = await readListFile(path)
  const content = readFileSync(path)
  return { file: name, size: content.length, entries: entries.size, version: fingerprint(content) }
}

/** Plain names: no hidden files, no way up, nothing that is a switch or a URL to anything. */
function isSafeName(name: string): boolean {
  const parts = name.split('/')
  return (
    parts.length > 1 &&
    parts.length <= maxDepth &&
    parts.every((part) => /^[\p{L}\p{N}_][\p{L}\p{N}._ -]{0,99}$/u.test(part)) &&
    !name.endsWith('.new')
  )
}

/** Whether the file, or the nearest folder of it that exists, really is below config/lists. */
function isInside(configDir: string, name: string): boolean {
  const file = join(configDir, name)
  let path = file
  while (!lstatSync(path, { throwIfNoEntry: false })) {
    if (relative(configDir, path) === folder) return true
    path = dirname(path)
  }
  // A link that leads nowhere yet leads out all the same.
  if (!existsSync(path)) return false
  const real = realpathSync(path)
  const top = join(realpathSync(configDir), folder)
  const isRightKind = path === file ? statSync(path).isFile() : statSync(path).isDirectory()
  return isRightKind && (real === top || real.startsWith(top + sep))
}

function namesBelow(configDir: string, below: string, depth = 1): readonly string[] {
  if (depth >= maxDepth || !existsSync(join(configDir, below))) return []
  return readdirSync(join(configDir, below), { withFileTypes: true })
    .flatMap((entry) => {
      const name = `${below}/${entry.name}`
      if (entry.isDirectory()) return namesBelow(configDir, name, depth + 1)
      return isSafeName(name) && isInside(configDir, name) ? [name] : []
    })
    .toSorted()
}
