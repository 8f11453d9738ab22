import { randomInt } from 'node:crypto'

/** Without the letters that are mistaken for others when read over the phone (Crockford). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 6

/** The `ref` of a refusal: six characters that a sender reads out and an operator searches for. */
export function createReference(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}
