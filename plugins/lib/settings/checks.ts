import { resolve } from 'node:path'
import { canonicalDomain } from './canonical'
import { certificateFault } from './certificate'
import type { SettingsProblem } from './errors'
import { type Secrets, type Settings, settingsSchema } from './schema'
import { child, knownKeys, type Schema } from './schema-facts'
import { sealingKeyFault } from './sealing-key'
import { nearest } from './suggest'

/** What can't be said of one value alone: settings that don't fit together, or don't fit this host. */

export function checkListeners({ listen, tls }: Settings): SettingsProblem[] {
  const problems: SettingsProblem[] = []
  const ownKeys: Record<number, string> = { 25: 'smtp', 465: 'smtps', 587: 'submission' }
  for (const [index, port] of listen.other.entries()) {
    const path = ['listen', 'other', index]
    const ownKey = ownKeys[port]
    if (ownKey !== undefined) {
      problems.push({
        path,
        value: port,
        message: `has a key of its own: write listen.${ownKey}: true instead`,
      })
    } else if (listen.other.indexOf(port) < index) {
      problems.push({ path, value: port, message: 'is written twice: keep one of them' })
    }
  }
  if (!listen.smtp && !listen.submission && !listen.smtps && listen.other.length === 0) {
    problems.push({
      path: ['listen'],
      message: 'must have at least one port, such as smtp: true or other: [2525]',
    })
  }
  for (const kind of ['submission', 'smtps'] as const) {
    if (!listen[kind] || tls.certificate !== '') continue
    const message = 'needs a certificate: set tls.certificate to a PEM file with key and chain'
    problems.push({ path: ['listen', kind], value: true, message })
  }
  return problems
}

export function checkCertificate({ tls }: Settings, configDir: string): SettingsProblem[] {
  if (tls.certificate === '') return []
  const message = certificateFault(resolve(configDir, tls.certificate))
  return message === undefined ? [] : [{ path: ['tls', 'certificate'], value: tls.certificate, message }]
}

/** Mail to an admin contact at the gateway itself would come back to the admin contacts. */
export function checkAdminContacts({ admin_contacts }: Settings, hostname: string): SettingsProblem[] {
  const own = canonicalDomain(hostname)
  return admin_contacts.flatMap((address, index) => {
    const domain = canonicalDomain(address.slice(address.lastIndexOf('@') + 1))
    if (domain !== own && domain !== 'localhost') return []
    const message = `must be at another host: mail to ${hostname}, this gateway, would go round in a circle`
    return [{ path: ['admin_contacts', index], value: address, message }]
  })
}

/** A misspelt one would be shared. */
export function checkFleet({ fleet }: Settings): SettingsProblem[] {
  return fleet.own.flatMap((own, index) => {
    const isSetting = own
      .split('.')
      .reduce<Schema | undefined>(
        (schema, key) => (schema && knownKeys(schema).includes(key) ? child(schema, key) : undefined),
        settingsSchema,
      )
    if (isSetting && own !== 'fleet.own' && own !== 'fleet') return []
    const message = isSetting
      ? 'must be the same on all gateways'
      : 'is no setting: write it with dots, such as listen.address'
    return [{ path: ['fleet', 'own', index], value: own, message }]
  })
}

export function checkPasswords({ next_hops }: Settings, secrets: Secrets): SettingsProblem[] {
  const domains = Object.keys(next_hops)
  const lacking = Object.entries(next_hops).flatMap(([domain, hop]) => {
    if (!('auth' in hop) || !hop.auth || Object.hasOwn(secrets.next_hops, domain)) return []
    const message = `needs a password: write next_hops.${domain}.password in gateway.secrets.yaml`
    return [{ path: ['next_hops', domain, 'auth'], message }]
  })
  const strays = Object.keys(secrets.next_hops).flatMap((domain) => {
    if (Object.hasOwn(next_hops, domain)) return []
    const meant = nearest(domain, domains)
    const message = `is no domain of next_hops in gateway.yaml${meant === undefined ? '' : `; did you mean ${meant}?`}`
    return [{ file: 'gateway.secrets.yaml' as const, path: ['next_hops', domain], message }]
  })
  return [...lacking, ...strays]
}

export function checkArc({ arc }: Settings, secrets: Secrets): SettingsProblem[] {
  if (arc && !secrets.arc) {
    return [{ path: ['arc'], message: 'needs a key: write arc.key in gateway.secrets.yaml' }]
  }
  if (!secrets.arc) return []
  const problem = (message: string): SettingsProblem[] => [
    { file: 'gateway.secrets.yaml', path: ['arc', 'key'], message },
  ]
  if (!arc) return problem('is used by nothing: write arc.domain and arc.selector in gateway.yaml')
  const fault = sealingKeyFault(secrets.arc.key)
  return fault === undefined ? [] : problem(fault)
}
