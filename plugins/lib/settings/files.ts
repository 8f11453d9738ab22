import { type BigIntStats, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { SettingsError, SettingsFile } from './errors'

/** What is in a file now. `stamp` changes with every write, rename, chmod and deletion. */
export type FileText =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly error: SettingsError }

/** UTF-8 takes up to four bytes a character; beyond this the text is too long in any case. */
const maxBytes = 64n * 1024n * 1024n

export function readSettingsFile(configDir: string, file: SettingsFile): FileText {
  const path = join(configDir, file)
  try {
    const stats = statSync(path, { bigint: true })
    const message = refusal(path, file, stats)
    if (message !== undefined) return { kind: 'refused', error: { file, path: [], message } }
    return { kind: 'ok', text: readFileSync(path, 'utf8').replace(/^\uFEFF/, '') }
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { kind: 'missing' }
    return {
      kind: 'refused',
      error: {
        file,
        path: [],
        message: `can't be read (${code}): must be readable by the user that Haraka runs as`,
      },
    }
  }
}

function refusal(path: string, file: SettingsFile, stats: BigIntStats): string | undefined {
  if (!stats.isFile()) return 'must be a plain file'
  if (stats.size > maxBytes) return `must be smaller than ${maxBytes} bytes`
  const othersMay = Number(stats.mode) & 0o077
  if (file === 'gateway.yaml' || othersMay === 0) return undefined
  const mode = (Number(stats.mode) & 0o777).toString(8).padStart(4, '0')
  return `others than its owner can use it (mode ${mode}): run  chmod 600 ${shellWord(path)}`
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** Equal stamps: the same file with the same content. Nanoseconds, because editors write faster than in milliseconds. */
export function stampOf(path: string): string {
  try {
    const { dev, ino, size, mode, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return [dev, ino, size, mode, mtimeNs, ctimeNs].join(' ')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable'
  }
}
