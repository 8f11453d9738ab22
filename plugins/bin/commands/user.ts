import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Document, isMap, parseDocument } from 'yaml'
import { hashPassword } from '../../lib/password-hash'
import { isUserName } from '../../lib/settings/formats'
import { formatError } from '../../lib/settings/format-errors'
import { parseSettings } from '../../lib/settings/parse'
import { replaceFile, secretFile } from '../../lib/settings/replace-file'
import type { Command } from '../commands'
import { instanceHostname, openInstance, type Instance } from '../instance'
import { readPassword } from '../read-password'
import { UsageError } from '../usage-error'

const ROLES = ['reader', 'editor']
const MIN_PASSWORD = 10

/** Adds a user, or changes the password of one. A running gateway takes it within two seconds. */
export const user: Command = {
  name: 'user',
  usage: 'user DIR NAME [--role reader|editor | --smtp]',
  summary: 'add or change a login of the web page, or with --smtp of people who send mail',
  options: ['role'],
  flags: ['smtp'],
  async run([dir, name, ...more], { role }, flags) {
    if (!dir || !name || more.length > 0) throw new UsageError('user takes a folder and a name')
    if (!isUserName(name))
      throw new UsageError(`${JSON.stringify(name)} must be letters, digits and . _ - + @`)
    if (role !== undefined && !ROLES.includes(role)) throw new UsageError('--role must be reader or editor')
    if (role !== undefined && flags.has('smtp')) throw new UsageError('--role is for the web page only')
    const instance = openInstance(dir)
    const document = readSecrets(instance)
    const password = await readPassword(name)
    if (password.length < MIN_PASSWORD)
      throw new Error(`the password must have ${MIN_PASSWORD} characters or more`)

    const path = [flags.has('smtp') ? 'smtp_users' : 'ui_users', name]
    const isNew = setUser(document, path, await hashPassword(password), role)
    writeSecrets(instance, document)
    process.stdout.write(`${isNew ? 'added' : 'changed'} ${name}\n`)
    return 0
  },
}

/** As a document, so that comments, and what else is written for a user, stay. */
function setUser(document: Document, path: string[], password: string, role: string | undefined): boolean {
  const [section = ''] = path
  // A section whose entries are all commented out is no map yet.
  if (!isMap(document.contents)) document.contents = document.createNode({})
  if (!isMap(document.get(section))) document.set(section, document.createNode({}))
  const isNew = !document.hasIn(path)
  if (isNew) document.setIn(path, document.createNode({}))
  document.setIn([...path, 'password'], password)
  if (section === 'ui_users' && (isNew || role !== undefined)) {
    document.setIn([...path, 'role'], role ?? 'reader')
  }
  return isNew
}

const secretsFile = ({ configDir }: Instance): string => join(configDir, 'gateway.secrets.yaml')

function readSecrets(instance: Instance): Document {
  const file = secretsFile(instance)
  const document: Document = parseDocument(existsSync(file) ? readFileSync(file, 'utf8') : '')
  // Its errors quote the file.
  if (document.errors.length > 0)
    throw new Error('config/gateway.secrets.yaml is not valid YAML: mend it first')
  return document
}

function writeSecrets(instance: Instance, document: Document): void {
  const text = document.toString({ lineWidth: 0 })
  const context = { configDir: instance.configDir, hostname: instanceHostname(instance), checks: [] }
  const settings = readFileSync(join(instance.configDir, 'gateway.yaml'), 'utf8')
  const parsed = parseSettings(settings, text, context)
  const faults =
    parsed.kind === 'ok' ? [] : parsed.errors.filter(({ file }) => file === 'gateway.secrets.yaml')
  if (faults.length > 0) throw new Error(faults.map((fault) => formatError(fault)).join('\n'))
  replaceFile(secretsFile(instance), text, secretFile)
}
