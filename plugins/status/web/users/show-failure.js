// @ts-check
import { ApiFailure } from '../api.js'

/**
 * Puts what the gateway found wrong at the fields; what belongs to none is thrown on, and shown in a corner.
 *
 * @param {unknown} error
 * @param {Readonly<Record<string, { setError(text: string | undefined): void }>>} fields By the key of the request.
 */
export function showFailure(error, fields) {
  if (!(error instanceof ApiFailure)) throw error
  const placed = error.errors.filter(({ path }) => fields[String(path[0])])
  for (const { path, message } of placed) fields[String(path[0])]?.setError(message)
  if (placed.length === 0) throw error
}

/** @param {Readonly<Record<string, { setError(text: string | undefined): void }>>} fields */
export function clearFailures(fields) {
  for (const field of Object.values(fields)) field.setError(undefined)
}
