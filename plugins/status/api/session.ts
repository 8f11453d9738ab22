import { z } from 'zod'
import { hashPassword } from '../../lib/password-hash'
import { maxPasswordLength, minPasswordLength, setLogin } from '../../lib/settings/logins'
import { version } from '../../lib/version'
import type { OpenSession } from '../sessions'
import type { Services } from '../services'
import { ApiError, route, type ApiRequest, type Route } from './route'
import { changeSecrets } from './secrets'

export const role = z.enum(['reader', 'editor'])
/** Of a new password. */
export const newPassword = z
  .string()
  .min(minPasswordLength, `must have ${minPasswordLength} characters or more`)
  .max(maxPasswordLength)

const opened = z.strictObject({
  name: z.string(),
  role,
  csrf: z.string().describe('for the header X-CSRF-Token of every call that changes something'),
})

/** Who signs in, and who they are. */
export const sessionRoutes = (services: Services): readonly Route[] => [
  loginRoute(services),
  logoutRoute(services),
  sessionRoute(services),
  passwordRoute(services),
]

const sessionOf = ({ callers }: Services, { headers }: ApiRequest): OpenSession | undefined =>
  callers.session({ headers })

function open({ sessions, cookies }: Services, name: string, isSecure: boolean) {
  const session = sessions.open(name)
  if (!session) throw new ApiError(401, 'wrong name or password')
  return {
    body: { name: session.name, role: session.role, csrf: session.csrf },
    headers: { 'Set-Cookie': cookies.set(session, isSecure) },
  }
}

const loginRoute = (services: Services): Route =>
  route({
    method: 'POST',
    path: '/login',
    access: 'anyone',
    summary: 'Sign in; the answer sets the cookie of the session',
    maxBodyBytes: 4096,
    body: z.strictObject({ name: z.string().max(64), password: z.string().max(2048) }),
    answer: opened,
    async handle({ body: { name, password }, clientIp, isSecure }) {
      const result = await services.signIn.check(name, password, clientIp)
      switch (result.kind) {
        case 'accepted':
          return open(services, name, isSecure)
        case 'refused':
          throw new ApiError(401, 'wrong name or password')
        case 'wait':
          return {
            status: 429,
            headers: { 'Retry-After': String(result.seconds) },
            body: { error: `too many attempts: try again in ${result.seconds} s` },
          }
      }
    },
  })

const logoutRoute = (services: Services): Route =>
  route({
    method: 'POST',
    path: '/logout',
    access: 'anyone',
    summary: 'Sign out',
    answer: z.undefined(),
    handle(request) {
      const session = sessionOf(services, request)
      if (session) services.sessions.end(session)
      return { status: 204, headers: { 'Set-Cookie': services.cookies.clear(request.isSecure) } }
    },
  })

const sessionRoute = (services: Services): Route =>
  route({
    method: 'GET',
    path: '/session',
    access: 'reader',
    summary: 'Who is signed in, and where',
    answer: opened.extend({
      hostname: z.string(),
      version: z.string(),
      publicUrl: z.string().optional(),
      startedAt: z.number(),
    }),
    handle(request) {
      const { gateway, caller } = request
      const { public_url: publicUrl } = gateway.settings().status
      return {
        body: {
          name: caller?.name,
          role: caller?.role,
          // An API token needs none.
          csrf: sessionOf(services, request)?.csrf ?? '',
          hostname: gateway.hostname,
          version,
          ...(publicUrl !== '' && { publicUrl }),
          startedAt: Math.round(performance.timeOrigin),
        },
      }
    },
  })

const passwordRoute = (services: Services): Route =>
  route({
    method: 'PUT',
    path: '/password',
    access: 'reader',
    summary: 'Change your own password; your other sessions end',
    maxBodyBytes: 4096,
    body: z.strictObject({ current: z.string().max(2048), next: newPassword }),
    answer: opened,
    async handle(request) {
      const { gateway, body, clientIp, isSecure } = request
      const session = sessionOf(services, request)
      if (!session) throw new ApiError(403, 'a token has no password')
      const { name } = session
      const checked = await services.signIn.check(name, body.current, clientIp)
      if (checked.kind === 'wait') throw new ApiError(429, 'too many attempts: try again later')
      if (checked.kind === 'refused') {
        throw new ApiError(422, 'the current password is wrong', [{ path: ['current'], message: 'is wrong' }])
      }
      const passwordHash = await hashPassword(body.next)
      await changeSecrets(gateway, (document) => setLogin(document, 'ui_users', name, { passwordHash }))
      gateway.log.notice(`web page: ${name} changed their password`)
      return open(services, name, isSecure)
    },
  })
