import { reasonOf } from '../lib/error-text'
import type { DeepReadonly, SmtpNextHop } from '../lib/settings/schema'
import { connectSmtp, type SmtpOptions, type SmtpSession } from '../lib/smtp/client'
import { openFirst } from './failover'
import type { HostMemory } from './hosts'
import { hostsOf } from './routes'

/** A session with a next hop that is ready for MAIL. */
export type Connect = (signal: AbortSignal) => Promise<SmtpSession>

export interface ConnectorOptions {
  readonly nextHop: DeepReadonly<SmtpNextHop>
  readonly password: string | undefined
  readonly helloName: string
  readonly memory: HostMemory
  /** For the whole list of hosts. A client waits for its RCPT; less than 10 s, so that it never wonders. */
  readonly limitMs?: number
  readonly ca?: string
}

const LIMIT_MS = 8000
const PATIENCE_MS = 3000

export function createConnector(options: ConnectorOptions): Connect {
  const { nextHop, memory, limitMs = LIMIT_MS } = options
  const { port } = nextHop
  const hosts = hostsOf(nextHop)
  return (signal) => {
    const startedAt = performance.now()
    const open = async (host: string, raceSignal: AbortSignal): Promise<SmtpSession> => {
      const connectTimeoutMs = limitMs - (performance.now() - startedAt)
      try {
        const session = await connectSmtp(smtpOptions(options, host, connectTimeoutMs, raceSignal))
        memory.answered(host, port)
        return session
      } catch (error) {
        // A host that was overtaken counts as failed, one that our client ran away from does not.
        if (!signal.aborted) memory.failed(host, port, reasonOf(error))
        throw error
      }
    }
    const patienceMs = Math.min(PATIENCE_MS, limitMs / hosts.length)
    return openFirst(memory.inOrder(hosts, port), open, patienceMs, signal)
  }
}

function smtpOptions(
  { nextHop, password, helloName, ca }: ConnectorOptions,
  host: string,
  connectTimeoutMs: number,
  signal: AbortSignal,
): SmtpOptions {
  return {
    host,
    port: nextHop.port,
    tls: nextHop.tls,
    auth: nextHop.auth && password !== undefined ? { user: nextHop.auth.user, password } : undefined,
    helloName,
    connectTimeoutMs,
    replyTimeoutMs: nextHop.timeout * 1000,
    signal,
    ...(ca !== undefined && { ca }),
  }
}
