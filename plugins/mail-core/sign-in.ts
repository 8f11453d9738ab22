import type { HarakaConnection } from '../lib/haraka/types'
import type { Log } from '../lib/log'
import { isPassword } from '../lib/password-hash'
import type { Secrets } from '../lib/settings/schema'

type SmtpUsers = Secrets['smtp_users']

export type SignInResult = 'accepted' | 'refused' | 'busy'

export interface SignIn {
  check(user: string, password: string, ip: string): Promise<SignInResult>
}

/** Passwords are hard to check on purpose: whoever guesses many at once must not keep the mail from its work. */
const MAX_WAITING = 20

/** Checks passwords one after the other, in threads beside the one that speaks SMTP. */
export function createSignIn(users: () => SmtpUsers, log: Log): SignIn {
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()
  return {
    async check(name, password, ip) {
      if (waiting >= MAX_WAITING) {
        log.warn(`sign-in from ${ip} put off: ${waiting} others wait`)
        return 'busy'
      }
      waiting++
      const turn = last.then(() => isPassword(password, userOf(users(), name)?.password))
      last = turn.catch(() => undefined)
      const isRight = await turn.finally(() => waiting--)
      if (!isRight) log.notice(`sign-in from ${ip} refused: wrong user or password`)
      return isRight ? 'accepted' : 'refused'
    },
  }
}

/** Whether a user may send as `sender`; users without rules may send as anyone, and all may send bounces. */
export function maySendAs(users: SmtpUsers, name: string, sender: string): boolean {
  const senders = userOf(users, name)?.senders
  if (!senders || sender === '') return true
  const domain = sender.slice(sender.lastIndexOf('@'))
  return senders.some((allowed) => isSame(allowed, sender) || isSame(allowed, domain))
}

const userOf = (users: SmtpUsers, name: string) => (Object.hasOwn(users, name) ? users[name] : undefined)

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** The user who signed in to this session, whichever plugin checked the password. */
export function signedInUser(connection: HarakaConnection): string | undefined {
  const user = connection.notes.auth_user
  return typeof user === 'string' ? user : undefined
}
