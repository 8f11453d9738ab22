import type { Document } from 'yaml'

/** People who may sign in, as they stand in gateway.secrets.yaml; for use within `editSecrets`. */

export type LoginSection = 'ui_users' | 'smtp_users'

export interface Login {
  /** Left out, the user keeps the one there is. */
  readonly passwordHash?: string
  /** For the web page; a new user is a reader. */
  readonly role?: 'reader' | 'editor'
  /** For those who send mail: addresses or @domain; empty, any. */
  readonly senders?: readonly string[]
}

export const minPasswordLength = 10
export const maxPasswordLength = 256

/** Adds or changes a user; returns whether it is a new one. */
export function setLogin(document: Document, section: LoginSection, name: string, login: Login): boolean {
  const path = [section, name]
  const isNew = !document.hasIn(path)
  if (isNew) document.setIn(path, document.createNode({}))
  if (login.passwordHash !== undefined) document.setIn([...path, 'password'], login.passwordHash)
  if (section === 'ui_users' && (isNew || login.role !== undefined)) {
    document.setIn([...path, 'role'], login.role ?? 'reader')
  }
  if (section === 'smtp_users' && login.senders !== undefined) {
    if (login.senders.length === 0) document.deleteIn([...path, 'senders'])
    else document.setIn([...path, 'senders'], document.createNode(login.senders, { flow: true }))
  }
  return isNew
}
