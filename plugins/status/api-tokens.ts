import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../lib/clock'
import type { Secrets } from '../lib/settings/schema'
import type { Caller } from './api/route'
import { isEqual } from './sessions'

/**
 * Tokens for programs: `gtw_ID_SECRET`. Only the hash of the secret is kept; its 256 random bits need no slow one.
 */
export interface ApiTokens {
  read(token: string): Caller | undefined
  /** When this process last saw each token, by id; milliseconds since the epoch. */
  lastUsed(): Readonly<Record<string, number>>
}

export interface NewToken {
  readonly id: string
  /** Shown once. */
  readonly token: string
  readonly hash: string
}

const FORM = /^gtw_([a-z0-9]{8})_([\w-]{43})$/

export function createApiTokens(tokens: () => Secrets['api_tokens'], clock: Clock): ApiTokens {
  const used = new Map<string, number>()
  return {
    read(token) {
      const [, id = '', secret = ''] = FORM.exec(token) ?? []
      const all = tokens()
      const known = Object.hasOwn(all, id) ? all[id] : undefined
      if (!known || !isEqual(Buffer.from(known.hash, 'hex'), Buffer.from(hashOf(secret), 'hex')))
        return undefined
      used.set(id, clock.now())
      return { name: `token ${known.name}`, role: known.role }
    },
    lastUsed: () => Object.fromEntries(used),
  }
}

export function createToken(): NewToken {
  const id = Array.from(randomBytes(8), (byte) => 'abcdefghijklmnopqrstuvwxyz012345'[byte & 31]).join('')
  const secret = randomBytes(32).toString('base64url')
  return { id, token: `gtw_${id}_${secret}`, hash: hashOf(secret) }
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
