import type { Server as NetServer } from 'node:net'
import { type Endpoint, endpointName, explainBindError } from '../lib/haraka/endpoints'
import type { Log } from '../lib/log'

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
  /** Rejects when the endpoint can't be opened; what was claimed is released when it is closed. */
  readonly claim: (endpoint: Endpoint) => Promise<void>
  readonly release: (endpoint: Endpoint) => void
  readonly log: Log
  readonly retryMs?: number
}

const DEFAULT_RETRY_MS = 1000

/**
 * Keeps the SMTP listeners of one process as the settings want them. A listener that cannot be opened keeps the
 * others, and is tried again until it opens or is no longer wanted. It is said once, and only when it failed twice:
 * workers that move a port from one address to another meet, and one still holds what the other wants to open.
 */
export function createListeners(options: ListenersOptions): Listeners {
  const open = new Map<string, { readonly server: NetServer; readonly endpoint: Endpoint }>()
  const failures = createFailures(options.log)
  let wanted: readonly Endpoint[] = []
  let running: Promise<void> = Promise.resolve()
  let retry: NodeJS.Timeout | undefined

  async function reconcile(): Promise<void> {
    clearTimeout(retry)
    const names = new Set(wanted.map(endpointName))
    for (const name of open.keys()) if (!names.has(name)) closeListener(name)
    failures.keepOnly(names)
    for (const endpoint of wanted) if (!open.has(endpointName(endpoint))) await openListener(endpoint)
    if (failures.states().length === 0) return
    retry = setTimeout(() => {
      running = running.then(reconcile)
    }, options.retryMs ?? DEFAULT_RETRY_MS)
    retry.unref()
  }

  async function openListener(endpoint: Endpoint): Promise<void> {
    const name = endpointName(endpoint)
    try {
      open.set(name, { server: await openServer(options, endpoint), endpoint })
      failures.remove(name)
      options.log.notice(`listening on ${name}`)
    } catch (error) {
      failures.add(name, explainBindError(error as NodeJS.ErrnoException, endpoint))
    }
  }

  function closeListener(name: string): void {
    const listener = open.get(name)
    if (!listener) return
    open.delete(name)
    listener.server.close(() => undefined)
    options.onClosed(listener.server)
    options.release(listener.endpoint)
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
      ...failures.states(),
    ],
    close() {
      wanted = []
      clearTimeout(retry)
      for (const name of open.keys()) closeListener(name)
    },
  }
}

function createFailures(log: Log) {
  const failed = new Map<string, { readonly reason: string; readonly isSaid: boolean }>()
  return {
    add(name: string, reason: string): void {
      const before = failed.get(name)
      const isKnown = before?.reason === reason
      if (isKnown && !before.isSaid) log.error(`cannot listen on ${name}: ${reason}`)
      failed.set(name, { reason, isSaid: isKnown })
    },
    remove: (name: string) => failed.delete(name),
    keepOnly(names: ReadonlySet<string>): void {
      for (const name of failed.keys()) if (!names.has(name)) failed.delete(name)
    },
    states: () =>
      [...failed].map(([endpoint, { reason }]): ListenerState => ({ endpoint, kind: 'failed', reason })),
  }
}

async function openServer(options: ListenersOptions, endpoint: Endpoint): Promise<NetServer> {
  await options.claim(endpoint)
  const server = await options.createServer(endpoint)
  try {
    await bind(server, endpoint)
    return server
  } catch (error) {
    options.onClosed(server)
    options.release(endpoint)
    throw error
  }
}

function bind(server: NetServer, { host, port }: Endpoint): Promise<void> {
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
