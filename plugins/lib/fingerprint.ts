import { createHash } from 'node:crypto'

/** Equal for equal contents, and for no others by chance: 16 hexadecimal digits. */
export const fingerprint = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 16)
