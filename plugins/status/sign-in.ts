import type { Log } from '../lib/log'
import { isPassword } from '../lib/password-hash'
import type { Secrets } from '../lib/settings/schema'
import type { LoginThrottle } from './login-throttle'

export type SignInResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'wait'; readonly seconds: number }

export interface SignIn {
  check(name: string, password: string, ip: string): Promise<SignInResult>
}

/** Passwords are hard to check on purpose: whoever guesses many at once must not keep the mail from its work. */
const MAX_WAITING = 10

/** Checks passwords one after the other, in the same time whether there is such a user or not. */
export function createSignIn(users: () => Secrets['ui_users'], throttle: LoginThrottle, log: Log): SignIn {
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()
  return {
    async check(name, password, ip) {
      const waitMs = throttle.attempt(name, ip)
      if (waitMs > 0) return { kind: 'wait', seconds: Math.ceil(waitMs / 1000) }
      if (waiting >= MAX_WAITING) return { kind: 'wait', seconds: 5 }
      waiting++
      const all = users()
      const hash = Object.hasOwn(all, name) ? all[name]?.password : undefined
      const turn = last.then(() => isPassword(password, hash))
      last = turn.catch(() => undefined)
      const isRight = await turn.finally(() => waiting--)
      if (!isRight) {
        log.notice(`web page: login from ${ip} refused: wrong user or password`)
        return { kind: 'refused' }
      }
      throttle.succeeded(name, ip)
      log.notice(`web page: ${name} signed in from ${ip}`)
      return { kind: 'accepted' }
    },
  }
}
