import type { Server as NetServer } from 'node:net'
import type { HarakaConnection, HarakaServer } from './types'

/** RFC 8314 3.3: TLS from the first byte. */
const SMTPS_PORT = 465

const portOfListener = new WeakMap<NetServer, number>()

/** Haraka's own way to make an SMTP server (with its TLS and PROXY handling) and to forget one. */
export function smtpServerFactory(server: HarakaServer) {
  return {
    async createServer({ host, port }: { host: string; port: number }): Promise<NetServer> {
      const name = `[${host}]:${port}`
      // Whatever smtp.ini says: 465, and no other port, starts with TLS.
      server.cfg.main.smtps_port = SMTPS_PORT
      const smtp = await server.get_smtp_server({ host, port, toString: () => name }, startTimeoutMs(server))
      portOfListener.set(smtp, port)
      return Object.assign(smtp, { notes: server.notes })
    },
    onClosed(closed: NetServer): void {
      const index = server.listeners.indexOf(closed)
      if (index >= 0) server.listeners.splice(index, 1)
    },
  }
}

/** The port of ours that a client came in on. A PROXY line changes `local.port` to a port of the balancer's. */
export function listenerPort(connection: HarakaConnection): number {
  return portOfListener.get(connection.server) ?? connection.local.port
}

/** Holds until connect_init sets the timeout in force. */
const startTimeoutMs = (server: HarakaServer): number =>
  Number(server.cfg.main.inactivity_timeout ?? 300) * 1000

/**
 * Keeps Haraka from opening SMTP listeners of its own: it would open port 25 when smtp.ini names none, and ends
 * when one of its listeners can't be opened. HTTP listeners, asked for with another config, stay Haraka's.
 */
export function ownListeners(server: HarakaServer): void {
  const original = server.get_listen_addrs
  server.get_listen_addrs = (cfg, port) => (cfg === server.cfg.main ? [] : original(cfg, port))
}
