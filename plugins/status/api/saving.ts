import { z } from 'zod'
import type { SaveOutcome } from '../../lib/gateway/save-settings'
import type { SettingsError } from '../../lib/settings/errors'
import type { Author } from '../../lib/settings/save/save'
import { ApiError, type ApiAnswer, type ApiRequest } from './route'

/** What the routes that save settings have in common. */

export const pathSchema = z
  .array(z.union([z.string(), z.int()]))
  .describe('keys and list positions, from the top')

export const errorSchema = z.object({
  path: pathSchema,
  value: z.unknown().optional().describe('what is written there; never for secrets'),
  message: z.string(),
  file: z.enum(['gateway.yaml', 'gateway.secrets.yaml']).optional(),
  line: z.int().optional(),
})

/** What became of it on the other gateways of a fleet. */
export const sharingSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('shared'),
    revision: z.int(),
    nodes: z
      .array(z.object({ node: z.string(), fault: z.string().optional() }))
      .describe('that have answered'),
  }),
  z.object({ kind: z.literal('not shared'), reason: z.string() }),
])

export const savedSchema = z.object({
  version: z.string(),
  applied: z.array(
    z.object({ pid: z.int(), role: z.string(), ok: z.boolean(), error: z.string().optional() }),
  ),
  of: z.int().describe('how many processes there are'),
  historyId: z.string().optional().describe('absent when nothing changed'),
  fleet: sharingSchema.optional().describe('absent where a gateway is alone, and when nothing changed'),
})

/** The version that the caller edited. */
export function ifMatch({ headers }: ApiRequest): string {
  const match = /^(?:W\/)?"?(?<version>[\w-]+)"?$/.exec(headers['if-match']?.trim() ?? '')
  const version = match?.groups?.version
  if (version === undefined)
    throw new ApiError(428, 'the header If-Match must name the version that was edited')
  return version
}

/** Tokens come in a header of their own; people come with a cookie. */
export function authorOf({ caller, headers }: ApiRequest, note: string | undefined): Author {
  const via = headers.authorization === undefined ? 'ui' : 'api'
  return { by: caller?.name ?? 'nobody', via, ...(note !== undefined && note !== '' && { note }) }
}

export function answerSaved(outcome: SaveOutcome): ApiAnswer {
  switch (outcome.kind) {
    case 'applied': {
      const { version, historyId, agreement, fleet } = outcome
      const { applied, of } = agreement
      return {
        body: {
          version,
          applied,
          of,
          ...(historyId !== undefined && { historyId }),
          ...(fleet.kind !== 'alone' && { fleet }),
        },
        headers: { ETag: `"${version}"` },
      }
    }
    case 'not applied': {
      const { isBack, agreement } = outcome
      const { faults, applied, of } = agreement
      const now = isBack
        ? 'the settings before it are in force again'
        : 'it stays as it is, because somebody saved since'
      const errors = faults.map(({ key, text }) => ({ path: key === '' ? [] : [key], message: text }))
      throw new ApiError(422, `this could not be applied: ${now}`, errors, { applied, of })
    }
    case 'conflict':
      throw new ApiError(409, 'the settings were changed meanwhile', [], { ...outcome.conflict })
    case 'invalid':
      throw new ApiError(
        422,
        'the settings would not be valid: nothing was changed',
        outcome.errors.map(plainError),
      )
    case 'failed':
      throw new ApiError(outcome.isDiskFull ? 507 : 500, `nothing was changed: ${outcome.reason}`)
  }
}

export const plainError = ({ file, path, line, value, message }: SettingsError) => ({
  path: [...path],
  ...(value !== undefined && { value }),
  message,
  file,
  ...(line !== undefined && { line }),
})
