import { join } from 'node:path'
import { hashPassword } from '../../lib/password-hash'
import { isUserName } from '../../lib/settings/formats'
import { minPasswordLength, setLogin } from '../../lib/settings/logins'
import { editSecrets } from '../../lib/settings/secrets-file'
import type { Command } from '../commands'
import { instanceHostname, openInstance } from '../instance'
import { readPassword } from '../read-password'
import { UsageError } from '../usage-error'

const roles = ['reader', 'editor'] as const

/** Adds a user, or changes the password of one. A running gateway takes it within two seconds. */
export const user: Command = {
  name: 'user',
  usage: 'user DIR NAME [--role reader|editor | --smtp]',
  summary: 'add or change a login of the web page, or with --smtp of people who send mail',
  options: ['role'],
  flags: ['smtp'],
  async run([dir, name, ...more], options, flags) {
    if (!dir || !name || more.length > 0) throw new UsageError('user takes a folder and a name')
    if (!isUserName(name))
      throw new UsageError(`${JSON.stringify(name)} must be letters, digits and . _ - + @`)
    const role = roles.find((known) => known === options.role)
    if (role !== options.role) throw new UsageError('--role must be reader or editor')
    if (role !== undefined && flags.has('smtp')) throw new UsageError('--role is for the web page only')
    const instance = openInstance(dir)
    const password = await readPassword(name)
    if (password.length < minPasswordLength)
      throw new Error(`the password must have ${minPasswordLength} characters or more`)

    const section = flags.has('smtp') ? 'smtp_users' : 'ui_users'
    const login = {
      passwordHash: await hashPassword(password),
      ...(role !== undefined && { role }),
    }
    const place = {
      configDir: instance.configDir,
      stateDir: join(instance.dir, 'state'),
      hostname: instanceHostname(instance),
    }
    const isNew = await editSecrets(place, (document) => setLogin(document, section, name, login))
    process.stdout.write(`${isNew ? 'added' : 'changed'} ${name}\n`)
    return 0
  },
}
