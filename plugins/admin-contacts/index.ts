/**
 * admin-contacts: mail to postmaster, abuse, security, noc and root of this gateway, and what programs of this
 * machine send to its users, goes to the contacts in gateway.yaml.
 *
 * Contacts may be anywhere and are named to nobody. No list keeps anyone from reaching them; how much a client
 * may send them is limited instead. next-hops delivers what is redirected here.
 */
import { systemClock } from '../lib/clock'
import { useGateway, type Gateway } from '../lib/gateway'
import {
  isAdministrative,
  isAdministrator,
  isLocalUser,
  isLoopback,
  isRoleOfDomain,
} from '../lib/gateway/administrative-recipients'
import { parseAddress } from '../lib/haraka/address'
import { completeBareAddresses } from '../lib/haraka/bare-recipients'
import { proceed, refuse, registerHook, type Outcome } from '../lib/haraka/hook'
import { redirectRecipient } from '../lib/haraka/redirected-recipients'
import { rehearsalOf } from '../lib/haraka/rehearsal'
import { noAdminContact, tooManyToAdmins } from '../lib/haraka/replies'
import { whyTrusted } from '../lib/haraka/session'
import type { HarakaAddress, HarakaConnection, HarakaPlugin } from '../lib/haraka/types'
import { createRateLimit } from './rate-limit'

const COUNTED = 'admin-contacts-counted'

export function register(this: HarakaPlugin): void {
  const gateway = useGateway(this)
  const isWithinLimit = countEverywhere(gateway)
  let contacts: readonly HarakaAddress[] = []
  gateway.onSettings(({ admin_contacts }) => {
    contacts = admin_contacts.map(parseAddress)
  })

  registerHook(this, 'connect_init', { onError: 'pass' }, (connection) => {
    completeBareAddresses(connection, () => isLoopback(connection.remote.ip))
    return proceed
  })
  // After the lists, which let administrative recipients pass, and before next-hops.
  registerHook(this, 'rcpt', { onError: 'tempfail' }, (connection, params) => {
    const [recipient] = params as [HarakaAddress]
    const settings = gateway.settings()
    const exempt = isAdministrative(recipient, settings, gateway.hostname) && !whyTrusted(connection)
    if (exempt && !isWithinLimit(connection)) return refuse(tooManyToAdmins())
    return redirect(gateway, contacts, connection, recipient)
  })
}

function redirect(
  gateway: Gateway,
  contacts: readonly HarakaAddress[],
  { local, remote }: HarakaConnection,
  recipient: HarakaAddress,
): Outcome {
  const { hostname } = gateway
  const settings = gateway.settings()
  const isLocal = isLoopback(remote.ip) && isLocalUser(recipient, settings, hostname)
  if (isLocal || isAdministrator(recipient, { hostname, ip: local.ip })) {
    if (contacts.length === 0) return refuse(noAdminContact())
    redirectRecipient(recipient, { when: 'always', to: contacts })
  } else if (settings.admin_contacts_for_domains && contacts.length > 0 && isRoleOfDomain(recipient)) {
    redirectRecipient(recipient, { when: 'refused', to: contacts })
  }
  return proceed
}

/** One count of a client for all workers. */
function countEverywhere(gateway: Gateway): (connection: HarakaConnection) => boolean {
  const rate = createRateLimit(systemClock)
  const maxPerMinute = (): number => gateway.settings().admin_contacts_max_per_minute
  gateway.bus.subscribe(COUNTED, (ip) => {
    rate.count(String(ip), maxPerMinute())
  })
  return (connection) => {
    const { ip } = connection.remote
    if (rehearsalOf(connection)) return rate.allows(ip, maxPerMinute())
    gateway.bus.publish(COUNTED, ip)
    return rate.count(ip, maxPerMinute())
  }
}
