import type { HarakaConnection, HarakaPlugin, Next } from '../lib/haraka/types'
import { maySignIn } from './submission'
import type { SignIn } from './sign-in'

const METHODS = ['PLAIN', 'LOGIN']

/** What Haraka's auth_base answers the client. */
type Answer = (isValid: boolean, reply?: { readonly code: number; readonly message: string }) => void

/**
 * AUTH PLAIN and LOGIN (RFC 4954) for the users of gateway.secrets.yaml. The dialogue is that of Haraka's
 * auth_base, which makes a client wait longer after each wrong password; who is let in is decided here.
 */
export function offerAuth(plugin: HarakaPlugin, signIn: SignIn, hasUsers: () => boolean): void {
  // Haraka would keep the password in the session otherwise.
  plugin.blankout_password = true
  plugin.hook_capabilities = (next: Next, connection: HarakaConnection): void => {
    if (hasUsers() && maySignIn(connection)) {
      connection.capabilities?.push(`AUTH ${METHODS.join(' ')}`)
      connection.notes.allowed_auth_methods = METHODS
    }
    next()
  }
  plugin.check_plain_passwd = (
    connection: HarakaConnection,
    user: string,
    password: string,
    answer: Answer,
  ): void => {
    signIn.check(user, password, connection.remote.ip).then(
      (result) => {
        if (result === 'busy')
          answer(false, { code: 454, message: '4.7.0 Too many sign-ins, try again later' })
        else answer(result === 'accepted')
      },
      (error: unknown) => {
        plugin.logerror(`sign-in failed: ${String(error)}`)
        answer(false, { code: 454, message: '4.7.0 Temporary authentication failure' })
      },
    )
  }
  plugin.inherits('auth/auth_base')
  const dialogue = plugin.hook_unrecognized_command as Dialogue
  plugin.hook_unrecognized_command = (next: Next, connection: HarakaConnection, params: string[]): void => {
    // Another AUTH plugin of the operator's has the word then.
    if (!hasUsers()) {
      next()
      return
    }
    const given = [...params]
    // Haraka logs what a hook was given; in this dialogue that is a password.
    if (connection.notes.authenticating) params.fill('(not logged)')
    dialogue.call(plugin, next, connection, given)
  }
}

type Dialogue = (this: HarakaPlugin, next: Next, connection: HarakaConnection, params: string[]) => void
