import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freeUdpPort } from '../../../test/support/free-port'
import { findDaemon, startDnsDaemon } from './daemon'
import { clientAddress, clientName } from './identities'
import type { NameService } from './name-service'
import { ENTRIES, ipZones, LISTS_DOMAIN, listedAddresses, listedNames, nameZones, senderPolicy, TTL_SECONDS } from './zones' // prettier-ignore

/**
 * What a real gateway asks: a resolver on the same host (unbound), behind it a list server (rbldnsd). Undefined
 * where they are not installed. `clients`: so many have a name.
 */
export async function startResolver(clients: number): Promise<NameService | undefined> {
  const [unbound, control, rbldnsd] = ['unbound', 'unbound-control', 'rbldnsd'].map(findDaemon)
  if (!unbound || !control || !rbldnsd) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'bench-names-'))
  // Both give up root before they read their files.
  await chmod(folder, 0o755)
  const user = process.getuid?.() === 0
  const lists = `127.0.0.1:${await freeUdpPort()}`
  const zones = await writeZones(folder)
  const rbldnsdArgs = [
    '-n',
    '-b',
    lists.replace(':', '/'),
    '-w',
    folder,
    ...(user ? ['-u', 'nobody'] : []),
    ...zones,
  ]
  const listServer = await startDnsDaemon(rbldnsd, rbldnsdArgs, lists)
  const address = `127.0.0.1:${await freeUdpPort()}`
  const config = join(folder, 'unbound.conf')
  await writeFile(config, unboundConfig(folder, address, lists, clients))
  const resolver = await startDnsDaemon(unbound, ['-d', '-p', '-c', config], address)
  return {
    address,
    what: `unbound, rbldnsd with ${nameZones.length + ipZones.length} zones of ${ENTRIES} entries`,
    async queries() {
      const { stdout } = await promisify(execFile)(control, ['-c', config, 'stats_noreset'])
      return Number(/^total\.num\.queries=(\d+)/m.exec(stdout)?.[1])
    },
    async stop() {
      await resolver.stop()
      await listServer.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function writeZones(folder: string): Promise<readonly string[]> {
  const soa = `$SOA ${TTL_SECONDS} ns.${LISTS_DOMAIN} host.${LISTS_DOMAIN} 1 600 300 86400 ${TTL_SECONDS}\n`
  const text = (entries: readonly string[]): string =>
    `${soa}$NS ${TTL_SECONDS} ns.${LISTS_DOMAIN}\n$TTL ${TTL_SECONDS}\n:127.0.0.2:listed\n${entries.join('\n')}\n`
  await writeFile(join(folder, 'addresses'), text(listedAddresses(ENTRIES)))
  await writeFile(join(folder, 'names'), text(listedNames(ENTRIES)))
  return [
    ...ipZones.map((zone) => `${zone}:ip4set:addresses`),
    ...nameZones.map((zone) => `${zone}:dnset:names`),
  ]
}

function unboundConfig(folder: string, address: string, lists: string, clients: number): string {
  const [, port = ''] = address.split(':')
  // Without an SOA record nobody may remember that a name does not exist.
  const soa = (zone: string): string =>
    `  local-zone: "${zone}." static\n  local-data: "${zone}. ${TTL_SECONDS} SOA ns.${zone}. host.${zone}. 1 3600 600 86400 ${TTL_SECONDS}"`
  const hosts = Array.from({ length: clients }, (_, id) => {
    const [ip, name] = [clientAddress(id), clientName(id)]
    return `  local-data-ptr: "${ip} ${TTL_SECONDS} ${name}"\n  local-data: "${name}. ${TTL_SECONDS} A ${ip}"`
  })
  return `server:
  interface: 127.0.0.1
  port: ${port}
  directory: "${folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  verbosity: 0
  num-threads: 1
  module-config: "iterator"
  qname-minimisation: no
  do-not-query-localhost: no
  do-ip6: no
  outgoing-range: 4096
  num-queries-per-thread: 2048
  so-rcvbuf: 1m
  so-sndbuf: 1m
  msg-cache-size: 128m
  rrset-cache-size: 128m
  neg-cache-size: 64m
${['20.in-addr.arpa', 'org', 'test'].map(soa).join('\n')}
  local-zone: "com." redirect
  local-data: "com. ${TTL_SECONDS} TXT ${senderPolicy.replaceAll(' ', '\\ ')}"
${hosts.join('\n')}
stub-zone:
  name: "${LISTS_DOMAIN}"
  stub-addr: ${lists.replace(':', '@')}
remote-control:
  control-enable: yes
  control-use-cert: no
  control-interface: ${join(folder, 'control')}
`
}
