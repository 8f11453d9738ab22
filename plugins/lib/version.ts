import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Of this package, built or not. */
export const version = readVersion([join(__dirname, '..'), join(__dirname, '..', '..')])

function readVersion(folders: readonly string[]): string {
  const file = folders.map((folder) => join(folder, 'package.json')).find((path) => existsSync(path))
  if (file === undefined) return 'unknown'
  return (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version ?? 'unknown'
}
