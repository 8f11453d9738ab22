import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Document, isMap, parseDocument } from 'yaml'
import { formatError } from './format-errors'
import { parseSettings } from './parse'
import { replaceFile, secretFile } from './replace-file'
import { withStateLock } from './save/lock'

export interface SecretsPlace {
  readonly configDir: string
  /** Holds the lock that everybody who writes settings takes. */
  readonly stateDir: string
  /** The gateway's own name. */
  readonly hostname: string
}

/** Sections that hold entries by name. */
const SECTIONS = ['smtp_users', 'ui_users', 'api_tokens'] as const

/**
 * Changes gateway.secrets.yaml as a document, so that comments, and what else is written there, stay. Rejects, and
 * changes nothing, when the file is bad before or after.
 */
export function editSecrets<Result>(
  place: SecretsPlace,
  edit: (document: Document) => Result,
): Promise<Result> {
  return withStateLock(place.stateDir, 'settings', () => editNow(place, edit))
}

function editNow<Result>(place: SecretsPlace, edit: (document: Document) => Result): Result {
  const file = join(place.configDir, 'gateway.secrets.yaml')
  const document: Document = parseDocument(existsSync(file) ? readFileSync(file, 'utf8') : '')
  // Its errors quote the file.
  if (document.errors.length > 0)
    throw new Error('config/gateway.secrets.yaml is not valid YAML: mend it first')
  addSections(document)
  const result = edit(document)
  dropEmptySections(document)
  const text = document.toString({ lineWidth: 0 })
  const settings = readFileSync(join(place.configDir, 'gateway.yaml'), 'utf8')
  const parsed = parseSettings(settings, text, { ...place, checks: [] })
  const faults =
    parsed.kind === 'ok' ? [] : parsed.errors.filter(({ file: name }) => name === 'gateway.secrets.yaml')
  if (faults.length > 0) throw new Error(faults.map((fault) => formatError(fault)).join('\n'))
  replaceFile(file, text, secretFile)
  return result
}

/** A section whose entries are all commented out is no map yet. */
function addSections(document: Document): void {
  if (!isMap(document.contents)) document.contents = document.createNode({})
  for (const section of SECTIONS) {
    if (!isMap(document.get(section))) document.set(section, document.createNode({}))
  }
}

function dropEmptySections(document: Document): void {
  for (const section of SECTIONS) {
    const map = document.get(section)
    if (isMap(map) && map.items.length === 0) document.delete(section)
  }
}
