import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'

/**
 * Passwords as they are kept: `scrypt$N$r$p$salt$hash`, salt and hash in base64url (RFC 7914). Checking one takes
 * some 50 ms of a thread beside the one that speaks SMTP.
 */
const COST = { N: 16_384, r: 8, p: 1 } as const
const SALT_BYTES = 16
const HASH_BYTES = 32

const FORM = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([\w-]{22})\$([\w-]{43})$/

interface PasswordHash {
  readonly cost: ScryptOptions & { readonly N: number; readonly r: number; readonly p: number }
  readonly salt: Buffer
  readonly hash: Buffer
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

export function isPasswordHash(text: string): boolean {
  return parse(text) !== undefined
}

/** Without a hash, as for a user who does not exist, it takes the same time and is false. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const known = hash === undefined ? undefined : parse(hash)
  const { cost, salt, hash: expected } = known ?? nobody
  const derived = await derive(password, salt, cost)
  return timingSafeEqual(derived, expected) && known !== undefined
}

const nobody: PasswordHash = { cost: COST, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) }

function parse(text: string): PasswordHash | undefined {
  const [, n, r, p, salt = '', hash = ''] = FORM.exec(text) ?? []
  const cost = { N: Number(n), r: Number(r), p: Number(p) }
  // N must be a power of two, and 128 * N * r bytes are what scrypt takes: 32 MiB are enough for anyone.
  const isSane = cost.N > 1 && Number.isInteger(Math.log2(cost.N)) && cost.r > 0 && cost.p > 0 && cost.p <= 16
  if (!isSane || 128 * cost.N * cost.r > 32 * 1024 * 1024) return undefined
  return { cost, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') }
}

function derive(password: string, salt: Buffer, cost: PasswordHash['cost']): Promise<Buffer> {
  // The same password typed on two systems may come in two Unicode forms (RFC 8265 4.1).
  const text = password.normalize('NFC')
  return new Promise((resolve, reject) => {
    scrypt(text, salt, HASH_BYTES, { ...cost, maxmem: 64 * 1024 * 1024 }, (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })
}
