import { z } from 'zod'
import type { Gateway } from '../../lib/gateway'
import { hashPassword } from '../../lib/password-hash'
import { isEmailAddress, isHostname, isUserName } from '../../lib/settings/formats'
import { setLogin, type LoginSection } from '../../lib/settings/logins'
import { ApiError, route, type ApiRequest, type Route } from './route'
import { changeSecrets } from './secrets'
import { newPassword, role } from './session'

const sender = z
  .string()
  .refine(
    (text) => isEmailAddress(text) || (text.startsWith('@') && isHostname(text.slice(1))),
    'must be an address or @domain',
  )
const user = z.strictObject({
  name: z.string(),
  kind: z.enum(['ui', 'smtp']),
  role: role.optional().describe('of the web page'),
  senders: z.array(z.string()).optional().describe('what the user may send as; none: anything'),
})

/** People: of this page, and of ports 587 and 465. */
export const userRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/users',
    access: 'editor',
    summary: 'People who may sign in',
    answer: z.array(user),
    handle({ gateway }) {
      const { ui_users, smtp_users } = gateway.secrets()
      return {
        body: [
          ...Object.entries(ui_users).map(([name, login]) => ({ name, kind: 'ui', role: login.role })),
          ...Object.entries(smtp_users).map(([name, { senders }]) => ({
            name,
            kind: 'smtp',
            ...(senders && { senders }),
          })),
        ],
      }
    },
  }),
  route({
    method: 'PUT',
    path: '/users/:name',
    access: 'editor',
    summary: 'Add or change a login of the web page',
    body: z.strictObject({ role, password: newPassword.optional() }),
    answer: z.undefined(),
    async handle(request) {
      const { gateway, caller, body } = request
      const name = nameOf(request)
      if (name === caller?.name && body.role !== caller.role) {
        throw new ApiError(409, 'your own role is for another editor to change')
      }
      return saveLogin(
        request,
        'ui_users',
        body.password,
        { role: body.role },
        !hasUser(gateway, 'ui_users', name),
      )
    },
  }),
  route({
    method: 'DELETE',
    path: '/users/:name',
    access: 'editor',
    summary: 'Remove a login of the web page; its sessions end',
    answer: z.undefined(),
    async handle(request) {
      if (nameOf(request) === request.caller?.name) throw new ApiError(409, 'you cannot remove yourself')
      return removeLogin(request, 'ui_users')
    },
  }),
  route({
    method: 'PUT',
    path: '/smtp-users/:name',
    access: 'editor',
    summary: 'Add or change a user who may hand in mail',
    body: z.strictObject({ password: newPassword.optional(), senders: z.array(sender).max(1000).optional() }),
    answer: z.undefined(),
    async handle(request) {
      const { gateway, body } = request
      const login = body.senders === undefined ? {} : { senders: body.senders }
      const isNew = !hasUser(gateway, 'smtp_users', nameOf(request))
      return saveLogin(request, 'smtp_users', body.password, login, isNew)
    },
  }),
  route({
    method: 'DELETE',
    path: '/smtp-users/:name',
    access: 'editor',
    summary: 'Remove a user who may hand in mail',
    answer: z.undefined(),
    handle: (request) => removeLogin(request, 'smtp_users'),
  }),
]

function nameOf({ params: { name = '' } }: ApiRequest): string {
  if (!isUserName(name)) throw new ApiError(422, 'a name must be up to 64 letters, digits and . _ - + @')
  return name
}

const hasUser = (gateway: Gateway, section: LoginSection, name: string): boolean =>
  Object.hasOwn(gateway.secrets()[section], name)

async function saveLogin(
  request: ApiRequest,
  section: LoginSection,
  password: string | undefined,
  login: { readonly role?: 'reader' | 'editor'; readonly senders?: readonly string[] },
  isNew: boolean,
) {
  const { gateway, caller } = request
  const name = nameOf(request)
  if (isNew && password === undefined) {
    throw new ApiError(422, 'a new user needs a password', [{ path: ['password'], message: 'is missing' }])
  }
  const passwordHash = password === undefined ? undefined : await hashPassword(password)
  await changeSecrets(gateway, (document) =>
    setLogin(document, section, name, { ...login, ...(passwordHash !== undefined && { passwordHash }) }),
  )
  gateway.log.notice(`web page: ${caller?.name ?? ''} ${isNew ? 'added' : 'changed'} ${section} ${name}`)
  return { status: 204 }
}

async function removeLogin(request: ApiRequest, section: LoginSection) {
  const { gateway, caller } = request
  const name = nameOf(request)
  await changeSecrets(gateway, (document) => {
    if (!document.deleteIn([section, name])) throw new ApiError(404, 'there is no such user')
  })
  gateway.log.notice(`web page: ${caller?.name ?? ''} removed ${section} ${name}`)
  return { status: 204 }
}
