import type { Server as NetServer } from 'node:net'
import { isIPv6 } from 'node:net'
import type { Log } from '../lib/log'

export interface Endpoint {
  readonly host: string
  readonly port: number
}

export type ListenerState =
  | { readonly endpoint: string; readonly kind: 'open' }
  | { readonly endpoint: string; readonly kind: 'failed'; readonly reason: string }

export interface Listeners {
  /** Opens and closes listeners until exactly `wanted` stand; those that fail are tried again. */
  apply(wanted: readonly Endpoint[]): Promise<void>
  states(): readonly ListenerState[]
  close(): void
}

export interface ListenersOptions {
  /** Makes a server for the endpoint that isn't listening yet. */
  readonly createServer: (endpoint: Endpoint) => Promise<NetServer>
  /** Called when a server has been closed. */
  readonly onClosed: (server: NetServer) => void
  readonly log: Log
  readonly retryMs?: number
}

/** Workers that move a port from one address to another meet: one still holds what the other wants to open. */
const DEFAULT_RETRY_MS = 1000

/**
 * Keeps the SMTP listeners of one process as the settings want them. A listener that cannot be opened is said
 * once, keeps the others, and is tried again until it opens or is no longer wanted.
 */
export function createListeners(options: ListenersOptions): Listeners {
  const open = new Map<string, NetServer>()
  const failed = new Map<string, string>()
  let wanted: readonly Endpoint[] = []
  let running: Promise<void> = Promise.resolve()
  let retry: NodeJS.Timeout | undefined

  async function reconcile(): Promise<void> {
    clearTimeout(retry)
    const names = new Set(wanted.map(endpointName))
    for (const [name, server] of open) if (!names.has(name)) closeListener(name, server)
    for (const name of failed.keys()) if (!names.has(name)) failed.delete(name)
    for (const endpoint of wanted) if (!open.has(endpointName(endpoint))) await openListener(endpoint)
    if (failed.size > 0) {
      retry = setTimeout(() => {
        running = running.then(reconcile)
      }, options.retryMs ?? DEFAULT_RETRY_MS)
      retry.unref()
    }
  }

  async function openListener(endpoint: Endpoint): Promise<void> {
    const name = endpointName(endpoint)
    try {
      const server = await options.createServer(endpoint)
      await listen(server, endpoint)
      open.set(name, server)
      failed.delete(name)
      options.log.notice(`listening on ${name}`)
    } catch (error) {
      const reason = explainBindError(error as NodeJS.ErrnoException, endpoint)
      if (failed.get(name) !== reason) options.log.error(`cannot listen on ${name}: ${reason}`)
      failed.set(name, reason)
    }
  }

  function closeListener(name: string, server: NetServer): void {
    open.delete(name)
    server.close(() => undefined)
    options.onClosed(server)
    options.log.notice(`no longer listening on ${name}`)
  }

  return {
    apply(next) {
      wanted = next
      running = running.then(reconcile)
      return running
    },
    states: () => [
      ...[...open.keys()].map((endpoint): ListenerState => ({ endpoint, kind: 'open' })),
      ...[...failed].map(([endpoint, reason]): ListenerState => ({ endpoint, kind: 'failed', reason })),
    ],
    close() {
      wanted = []
      clearTimeout(retry)
      for (const [name, server] of open) closeListener(name, server)
    },
  }
}

export const endpointName = ({ host, port }: Endpoint): string =>
  isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`

function listen(server: NetServer, { host, port }: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      // A server that failed to bind must not stay in the cluster's books.
      server.close(() => undefined)
      reject(error)
    }
    server.once('error', onError)
    server.listen({ host, port }, () => {
      server.off('error', onError)
      server.on('error', () => undefined)
      resolve()
    })
  })
}

function explainBindError(error: NodeJS.ErrnoException, { host, port }: Endpoint): string {
  const explanations: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} is in use by another program (find it with: ss -ltnp 'sport = :${port}')`,
    EACCES: `port ${port} needs root or the capability CAP_NET_BIND_SERVICE`,
    EADDRNOTAVAIL: `this machine has no address ${host} (listen.address)`,
  }
  return explanations[error.code ?? ''] ?? error.message
}
