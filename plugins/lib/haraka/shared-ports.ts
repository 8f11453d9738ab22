import cluster from 'node:cluster'
import { createServer } from 'node:net'
import type { Bus } from './bus'
import type { ProcessRole } from './process-role'

/**
 * Asks the master before a worker listens. Node's cluster opens a port in the master for all workers, but an
 * attempt that fails spoils it: the worker counts it, and from then on asks for a port of another number than the
 * others (child.js `nextIndex`), which never opens; and two workers that fail at once end the master (primary.js
 * `queryServer`). So the master tries the port by itself, and only one that opens is asked for.
 */
export interface SharedPorts {
  /** Resolves when this process may listen there; rejects with the error that listening would end in. */
  claim(endpoint: PortEndpoint): Promise<void>
  /** Told after the listener is closed, or did not open after all. */
  release(endpoint: PortEndpoint): void
}

interface PortEndpoint {
  readonly host: string
  readonly port: number
}

interface Claim extends PortEndpoint {
  readonly worker: number
}

interface Answer extends Claim {
  readonly fault?: { readonly code?: string; readonly message: string }
}

const CLAIM = 'port-claim'
const ANSWER = 'port-answer'
const RELEASE = 'port-release'
const ANSWER_TIMEOUT_MS = 10_000

export function createSharedPorts(role: ProcessRole, bus: Bus): SharedPorts {
  if (role === 'master') judgeClaims(bus)
  return role === 'worker' ? askMaster(bus) : { claim: () => Promise.resolve(), release: () => undefined }
}

function askMaster(bus: Bus): SharedPorts {
  const waiting = new Map<string, (answer: Answer) => void>()
  const claimOf = ({ host, port }: PortEndpoint): Claim => ({ host, port, worker: cluster.worker?.id ?? 0 })
  bus.subscribe(ANSWER, (data) => {
    const answer = data as Answer
    if (answer.worker === cluster.worker?.id) waiting.get(keyOf(answer))?.(answer)
  })
  return {
    claim: (endpoint) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error('the master process does not answer'))
        }, ANSWER_TIMEOUT_MS)
        waiting.set(keyOf(endpoint), ({ fault }) => {
          clearTimeout(timer)
          waiting.delete(keyOf(endpoint))
          if (fault) reject(Object.assign(new Error(fault.message), { code: fault.code }))
          else resolve()
        })
        bus.publish(CLAIM, claimOf(endpoint))
      }),
    release: (endpoint) => {
      bus.publish(RELEASE, claimOf(endpoint))
    },
  }
}

/** In the master: the first claim of a port is tried, those after it share what the first has got. */
function judgeClaims(bus: Bus): void {
  const holders = new Map<string, Set<number>>()
  let last: Promise<void> = Promise.resolve()

  async function judge(claim: Claim): Promise<void> {
    const key = keyOf(claim)
    const fault = holders.has(key) ? undefined : await tryPort(claim)
    if (!fault) holders.set(key, (holders.get(key) ?? new Set()).add(claim.worker))
    bus.publish(ANSWER, { ...claim, ...(fault && { fault }) } satisfies Answer)
  }
  function leave(key: string, worker: number): void {
    holders.get(key)?.delete(worker)
    if (holders.get(key)?.size === 0) holders.delete(key)
  }

  bus.subscribe(CLAIM, (data) => {
    last = last.then(() => judge(data as Claim))
  })
  bus.subscribe(RELEASE, (data) => {
    leave(keyOf(data as Claim), (data as Claim).worker)
  })
  cluster.on('exit', ({ id }) => {
    for (const key of holders.keys()) leave(key, id)
  })
}

const keyOf = ({ host, port }: PortEndpoint): string => `${host} ${port}`

/** Opens the port and closes it again; what went wrong, if anything. */
export function tryPort({ host, port }: PortEndpoint): Promise<Answer['fault']> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      resolve({ ...(code !== undefined && { code }), message })
    })
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => {
        resolve(undefined)
      })
    })
  })
}
