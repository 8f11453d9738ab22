import type { Server as NetServer } from 'node:net'
import type { HarakaServer } from './types'

/** Haraka's own way to make an SMTP server (with its TLS and PROXY handling) and to forget one. */
export function smtpServerFactory(server: HarakaServer) {
  return {
    async createServer({ host, port }: { host: string; port: number }): Promise<NetServer> {
      const name = `[${host}]:${port}`
      const smtp = await server.get_smtp_server({ host, port, toString: () => name }, startTimeoutMs(server))
      return Object.assign(smtp, { notes: server.notes })
    },
    onClosed(closed: NetServer): void {
      const index = server.listeners.indexOf(closed)
      if (index >= 0) server.listeners.splice(index, 1)
    },
  }
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
