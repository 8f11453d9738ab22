import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../lib/clock'
import type { Secrets } from '../lib/settings/schema'
import type { Caller } from './api/route'
import type { EndedSessions } from './ended-sessions'

/**
 * Sessions as signed tokens, which any process can check: name, expiry, an id and a fingerprint of the password, so
 * that a change of the password ends them. The role is looked up each time.
 */
export interface Sessions {
  /** Undefined when there is no such user. */
  open(name: string): OpenSession | undefined
  /** Undefined for whatever is not, or no longer, a session. */
  read(token: string): OpenSession | undefined
  end(session: OpenSession): void
}

export interface OpenSession extends Caller {
  readonly token: string
  /** What a call that changes something must bring along, since a foreign page cannot know it. */
  readonly csrf: string
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

export interface SessionsOptions {
  readonly key: Buffer
  readonly users: () => Secrets['ui_users']
  readonly lifetimeMs: () => number
  readonly ended: EndedSessions
  readonly clock: Clock
}

interface Claims {
  readonly name: string
  readonly expiresAt: number
  readonly id: string
  readonly fingerprint: string
}

const MAX_TOKEN = 1024

export function createSessions({ key, users, lifetimeMs, ended, clock }: SessionsOptions): Sessions {
  const sign = (purpose: string, text: string): Buffer =>
    createHmac('sha256', key).update(`${purpose}\0${text}`).digest()
  const userOf = (name: string) => {
    const all = users()
    return Object.hasOwn(all, name) ? all[name] : undefined
  }
  const session = (claims: Claims, token: string): OpenSession | undefined => {
    const user = userOf(claims.name)
    if (!user || sign('password', user.password).toString('base64url') !== claims.fingerprint)
      return undefined
    const { name, id, expiresAt } = claims
    return { name, role: user.role, token, csrf: sign('csrf', token).toString('base64url'), id, expiresAt }
  }
  return {
    open(name) {
      const user = userOf(name)
      if (!user) return undefined
      const claims: Claims = {
        name,
        expiresAt: clock.now() + lifetimeMs(),
        id: randomBytes(12).toString('base64url'),
        fingerprint: sign('password', user.password).toString('base64url'),
      }
      const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
      return session(claims, `${payload}.${sign('session', payload).toString('base64url')}`)
    },
    read(token) {
      const [payload = '', mac = '', ...more] = token.length > MAX_TOKEN ? [] : token.split('.')
      if (more.length > 0 || !isEqual(Buffer.from(mac, 'base64url'), sign('session', payload)))
        return undefined
      // Signed by us, so it is of this shape.
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims
      if (claims.expiresAt <= clock.now() || ended.has(claims.id)) return undefined
      return session(claims, token)
    },
    end({ id, expiresAt }) {
      ended.add(id, expiresAt)
    },
  }
}

/** In a time that says nothing about where they differ. */
export function isEqual(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
