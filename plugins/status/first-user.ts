import { randomInt } from 'node:crypto'
import { hashPassword } from '../lib/password-hash'
import { setLogin } from '../lib/settings/logins'
import { editSecrets, type SecretsPlace } from '../lib/settings/secrets-file'

export interface FirstUser {
  readonly name: string
  /** Nobody sees it again. */
  readonly password: string
}

/** Without letters that are mistaken for others. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 4
const GROUP_LENGTH = 5

/** Makes a login for a page that nobody can sign in to yet. */
export async function createFirstUser(place: SecretsPlace): Promise<FirstUser> {
  const name = 'admin'
  const password = Array.from({ length: GROUPS }, createGroup).join('-')
  const passwordHash = await hashPassword(password)
  await editSecrets(place, (document) => {
    setLogin(document, 'ui_users', name, { passwordHash, role: 'editor' })
  })
  return { name, password }
}

const createGroup = (): string =>
  Array.from({ length: GROUP_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
