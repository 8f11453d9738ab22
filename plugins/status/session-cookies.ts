import type { Settings } from '../lib/settings/schema'
import { COOKIE } from './callers'
import { BASE } from './page-server'
import type { OpenSession } from './sessions'

/** `Set-Cookie` for sessions: no script reads them, no foreign page sends them along. */
export interface SessionCookies {
  set(session: OpenSession, isSecure: boolean): string
  clear(isSecure: boolean): string
}

export function createSessionCookies(settings: () => Settings['status']): SessionCookies {
  const attributes = (isSecure: boolean, maxAgeSeconds: number): string =>
    [
      `Path=${cookiePath(settings().public_url, isSecure)}`,
      `Max-Age=${maxAgeSeconds}`,
      'HttpOnly',
      'SameSite=Strict',
      ...(isSecure ? ['Secure'] : []),
    ].join('; ')
  return {
    set: ({ token }, isSecure) =>
      `${COOKIE}=${token}; ${attributes(isSecure, settings().session_hours * 3600)}`,
    clear: (isSecure) => `${COOKIE}=; ${attributes(isSecure, 0)}`,
  }
}

/** A proxy may have put the page below another path; who comes without TLS did not come through it. */
function cookiePath(publicUrl: string, isSecure: boolean): string {
  if (publicUrl === '' || (publicUrl.startsWith('https:') && !isSecure)) return BASE
  return new URL(publicUrl).pathname.replace(/\/$/, '') || '/'
}
