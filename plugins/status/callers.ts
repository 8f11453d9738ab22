import type { IncomingMessage } from 'node:http'
import { ApiError, type Caller } from './api/route'
import type { ApiTokens } from './api-tokens'
import { isEqual, type OpenSession, type Sessions } from './sessions'

export const COOKIE = 'gateway_session'

/** Who calls. */
export interface Callers {
  /** By API token, or by session; undefined: nobody that is known. */
  identify(request: IncomingMessage): Caller | undefined
  /** Throws unless the call is meant by who sends it: a foreign page can make a browser send our cookie along. */
  assertIntended(request: IncomingMessage, publicUrl: string, needsCsrf: boolean): void
  session(request: Pick<IncomingMessage, 'headers'>): OpenSession | undefined
}

export function createCallers(sessions: Sessions, tokens: ApiTokens): Callers {
  const session = ({ headers }: Pick<IncomingMessage, 'headers'>): OpenSession | undefined => {
    const cookie = cookieValue(headers.cookie ?? '', COOKIE)
    return cookie === undefined ? undefined : sessions.read(cookie)
  }
  return {
    session,
    identify(request) {
      const bearer = bearerToken(request)
      // Whoever names a token means it: a cookie beside it must not make up for a bad one.
      return bearer === undefined ? session(request) : tokens.read(bearer)
    },
    assertIntended(request, publicUrl, needsCsrf) {
      if (bearerToken(request) !== undefined) return
      assertOwnOrigin(request, publicUrl)
      const known = needsCsrf ? session(request) : undefined
      if (!known) return
      const csrf = request.headers['x-csrf-token']
      if (typeof csrf !== 'string' || !isEqual(Buffer.from(csrf), Buffer.from(known.csrf))) {
        throw new ApiError(403, 'the header X-CSRF-Token is missing or wrong: reload the page')
      }
    },
  }
}

/** Browsers say on whose behalf they ask; other programs say nothing. */
function assertOwnOrigin({ headers }: IncomingMessage, publicUrl: string): void {
  const site = headers['sec-fetch-site']
  const { origin } = headers
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (isForeign || (origin !== undefined && !isOwnOrigin(origin, headers.host, publicUrl))) {
    throw new ApiError(403, 'this call came from a page of another site')
  }
}

function isOwnOrigin(origin: string, host: string | undefined, publicUrl: string): boolean {
  if (!URL.canParse(origin)) return false
  const isPublic = publicUrl !== '' && new URL(publicUrl).origin === new URL(origin).origin
  return isPublic || new URL(origin).host === host?.toLowerCase()
}

/** RFC 6750 2.1 */
function bearerToken({ headers }: IncomingMessage): string | undefined {
  const match = /^bearer +(\S*)$/i.exec(headers.authorization ?? '')
  return match?.[1]
}

function cookieValue(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const cut = part.indexOf('=')
    if (part.slice(0, cut).trim() === name) return part.slice(cut + 1).trim()
  }
  return undefined
}
