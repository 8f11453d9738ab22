import { join } from 'node:path'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import type { Gateway } from '../../lib/gateway'
import { isDomainPattern, isEmailAddress, isIpOrCidr } from '../../lib/settings/formats'
import type { Settings } from '../../lib/settings/schema'
import { addAllowance, type NewAllowance, readAllowances, removeAllowance } from '../allow-file'
import type { Services } from '../services'
import { changeListFile } from '../shared-list-file'
import { ApiError, route, type Caller, type Route } from './route'
import { answerSaved } from './saving'

const kind = z.enum(['client', 'sender'])
type Kind = z.output<typeof kind>

const CLIENTS = 'lists/allowed-clients.txt'
const SENDERS = 'lists/allowed-senders.txt'
/** The largest networks that may be let through by one click. */
const LEAST_PREFIX = { ipv4: 16, ipv6: 32 }

/** Clients and envelope senders that are let through for a time. */
export const allowRoutes = ({ clock }: Services): readonly Route[] => [
  route({
    method: 'GET',
    path: '/allow',
    access: 'reader',
    summary: 'Clients and envelope senders that are let through for a time',
    answer: z.array(
      z.strictObject({ kind, value: z.string(), until: z.number(), note: z.string(), by: z.string() }),
    ),
    handle({ gateway }) {
      const allowed = kind.options.flatMap((of) =>
        readAllowances(pathOf(gateway, fileOf(of, gateway.settings())), clock.now()).map((allowance) => ({
          kind: of,
          ...allowance,
        })),
      )
      return { body: allowed }
    },
  }),
  route({
    method: 'POST',
    path: '/allow',
    access: 'editor',
    summary: 'Let a client, or mail of an envelope sender, through for a time',
    body: z.strictObject({
      kind,
      value: z.string().trim().min(1).max(320),
      days: z.int().min(1).max(365),
      note: z.string().max(200).default(''),
    }),
    answer: z.strictObject({ list: z.string(), entry: z.string(), until: z.number() }),
    async handle({ gateway, caller, body: { kind: of, value, days, note } }) {
      const fault = faultOf(of, value)
      if (fault !== undefined) throw new ApiError(422, fault, [{ path: ['value'], message: fault }])
      const by = caller?.name ?? ''
      const { list, ...added } = await add(gateway, of, { value, days, by, note }, clock.now())
      await useFile(gateway, of, caller)
      gateway.log.notice(`web page: ${by} lets ${of} ${value} through for ${days} days`)
      return { body: { list, ...added } }
    },
  }),
  route({
    method: 'DELETE',
    path: '/allow',
    access: 'editor',
    summary: 'Let it through no longer',
    query: z.strictObject({ kind, value: z.string().max(320) }),
    answer: z.undefined(),
    async handle({ gateway, caller, query: { kind: of, value } }) {
      const by = caller?.name ?? ''
      if (!(await remove(gateway, of, value, by))) throw new ApiError(404, 'it is not let through')
      gateway.log.notice(`web page: ${by} lets ${of} ${value} through no longer`)
      return { status: 204 }
    },
  }),
]

async function add(gateway: Gateway, of: Kind, allowance: NewAllowance, now: number) {
  const list = fileOf(of, gateway.settings())
  const added = await changeListFile(gateway, list, allowance.by, () =>
    addAllowance(gateway, pathOf(gateway, list), allowance, now),
  )
  return { list, ...added }
}

function remove(gateway: Gateway, of: Kind, value: string, by: string): Promise<boolean> {
  const list = fileOf(of, gateway.settings())
  const change = (): Promise<boolean> => removeAllowance(gateway, pathOf(gateway, list), value)
  return changeListFile(gateway, list, by, change, Boolean)
}

const pathOf = ({ instanceDir }: Gateway, file: string): string => join(instanceDir, 'config', file)

const fileOf = (of: Kind, { allowed_senders: senders }: Settings): string =>
  of === 'client' ? CLIENTS : senders === '' ? SENDERS : senders

function faultOf(of: Kind, value: string): string | undefined {
  if (of === 'sender') {
    const isSender = isEmailAddress(value) || (isDomainPattern(value) && value.includes('.'))
    return isSender ? undefined : 'must be an address, a domain, or .domain for all below it'
  }
  if (!isIpOrCidr(value)) return 'must be an IP address or a CIDR such as 192.0.2.0/24'
  if (!value.includes('/')) return undefined
  const [network, bits] = ipaddr.parseCIDR(value)
  const least = LEAST_PREFIX[network.kind()]
  return bits >= least ? undefined : `must be no network larger than /${least}`
}

/** Has the settings name the file, if they do not yet. */
async function useFile(gateway: Gateway, of: Kind, caller: Caller | undefined): Promise<void> {
  const { ip_allowlists: allowlists, allowed_senders: senders } = gateway.settings()
  const entries = allowlists.custom
  const isUsed =
    of === 'sender'
      ? senders !== ''
      : entries.some((entry) => typeof entry === 'object' && 'file' in entry && entry.file === CLIENTS)
  if (isUsed) return
  const change =
    of === 'sender'
      ? { path: ['allowed_senders'], value: SENDERS }
      : {
          path: ['ip_allowlists', 'custom'],
          value: [...entries, { file: CLIENTS, name: 'allowed-clients' }],
        }
  const { version } = gateway.editing.text()
  answerSaved(
    await gateway.editing.save(
      { base: version, gateway: { kind: 'changes', changes: [change] }, secrets: [] },
      { by: caller?.name ?? '', via: 'ui', note: `lets a ${of} through` },
    ),
  )
}
