import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { HarakaPlugin, HarakaServer } from './types'

/** The certificate that Haraka shows to clients, in our hands. */
export interface ServerCertificate {
  /** Whether there is one. */
  readonly isSet: boolean
  /** Shows another one from the next handshake on, or none. Throws, and changes nothing, when TLS can't use it. */
  set(pem: string | undefined): void
}

/** What is used of Haraka's tls_socket.js. */
interface HarakaTls {
  tls_valid: boolean
  readonly certsByHost: Record<string, unknown>
  applySocketOpts: (name: string) => void
  load_default_opts: () => void
}

/** In `certsByHost`: what is shown to clients who ask for no name, or for one without a certificate of its own. */
const DEFAULT = '*'

/**
 * Takes the certificate out of Haraka's hands, which reads it once, when it starts, and ends when tls.ini is
 * touched beside a key that does not match. Its handshakes take their options anew each time from
 * `certsByHost['*']`: that is where ours are put, as a finished secure context. From tls.ini come only settings
 * for connections to other servers now.
 */
export function ownCertificate(plugin: HarakaPlugin, server: HarakaServer): ServerCertificate {
  const haraka = plugin.haraka_require('tls_socket') as HarakaTls
  haraka.applySocketOpts = () => undefined
  haraka.load_default_opts = () => undefined
  // Haraka looks for files of its own unless there is something here.
  haraka.certsByHost[DEFAULT] = { isServer: true }

  return {
    get isSet() {
      return haraka.tls_valid
    },
    set(pem) {
      haraka.certsByHost[DEFAULT] = pem === undefined ? { isServer: true } : socketOptions(pem)
      haraka.tls_valid = pem !== undefined
      if (pem === undefined) return
      for (const listener of tlsListeners(server)) listener.setSecureContext(contextOptions(pem))
    },
  }
}

const contextOptions = (pem: string) => ({
  key: pem,
  cert: pem,
  honorCipherOrder: true,
  sessionIdContext: 'haraka',
})

/** For `tls.TLSSocket` (STARTTLS), which uses the context, and `tls.createServer` (465), which makes its own. */
function socketOptions(pem: string) {
  const options = contextOptions(pem)
  const secureContext = createSecureContext(options)
  // Many mail programs stumble over a server that asks them for a certificate.
  return { ...options, secureContext, isServer: true, requestCert: false, rejectUnauthorized: false }
}

interface TlsListener {
  readonly has_tls?: boolean
  /** Inside a listener that understands the PROXY protocol. */
  readonly tlsServer?: TlsListener
  setSecureContext(options: SecureContextOptions): void
}

/** Listeners with TLS from the first byte. */
function tlsListeners(server: HarakaServer): readonly TlsListener[] {
  return (server.listeners as unknown as readonly TlsListener[])
    .filter(({ has_tls }) => has_tls)
    .map((listener) => listener.tlsServer ?? listener)
}
