import { realpathSync, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { SecureContextOptions } from 'node:tls'
import express, { type Express } from 'express'
import type { Log } from '../log'
import { endpointName, explainBindError, type Endpoint } from './endpoints'
import { observeHook } from './observe'
import type { SharedPorts } from './shared-ports'
import type { HarakaPlugin, HarakaServer } from './types'

export type WebHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void

/** What Haraka's server.js has for HTTP, and plugins use in their hook `init_http`. */
interface HarakaWebServer {
  http: { app?: Express; express?: typeof express; server?: HttpServer; readonly cfg?: { listen?: string } }
  readonly listeners: unknown[]
  readonly plugins: { run_hooks(hook: string, server: unknown): void }
  readonly get_listen_addrs: (cfg: unknown, port: number) => string[]
  get_http_docroot(): string
  setup_http_listeners: () => Promise<void>
  init_http_respond: () => void
  readonly handle404: WebHandler
}

export interface WebServerOptions {
  readonly ports: SharedPorts
  readonly log: Log
  /** Makes what gets every request first; called where HTTP is served. */
  readonly createHandler: () => WebHandler
}

export interface WebServer {
  /** Takes no more connections; requests under way have a moment to finish. */
  close(): void
}

interface OpenServer {
  readonly http: HttpServer
  /** Ends attempts to open its port. */
  readonly giveUp: () => void
}

const TLS_PORT = 443
const RETRY_MS = 5000
/** For clients that send a byte now and then. */
const HEADERS_MS = 10_000
const REQUEST_MS = 60_000
const CHECK_MS = 5000
const GRACE_MS = 1000
/** Of one process; connections of mail are not among them. */
const MAX_CONNECTIONS = 2500

/**
 * The HTTP server of http.ini, for all plugins of this Haraka; every worker runs it, the master has none. Haraka's own
 * ends the process, and with it all mail, when its port is in use, and finds express only in its own folder.
 */
export function useWebServer(
  plugin: HarakaPlugin,
  haraka: HarakaServer,
  options: WebServerOptions,
): WebServer {
  const server = haraka as unknown as HarakaWebServer
  let running: readonly OpenServer[] = []
  server.setup_http_listeners = () => {
    running = serve(plugin, server, options)
    return Promise.resolve()
  }
  const respond = server.init_http_respond.bind(server)
  server.init_http_respond = () => {
    // Haraka says an error at each start when the package is missing, which only some plugins need.
    if (canHarakaLoad('ws')) respond()
  }
  observeHook(plugin, 'init_http', -100, () => {
    server.http.app?.use(options.createHandler())
  })
  return {
    close() {
      for (const { http, giveUp } of running) {
        giveUp()
        http.close()
        setTimeout(() => {
          http.closeAllConnections()
        }, GRACE_MS).unref()
      }
    },
  }
}

/** `host:port` as http.ini has them. */
export function webEndpoints(haraka: HarakaServer): readonly Endpoint[] {
  const server = haraka as unknown as HarakaWebServer
  if (!server.http.cfg?.listen) return []
  return server.get_listen_addrs(server.http.cfg, 80).flatMap((address) => {
    const match = /^(?:\[(.+)\]|([^:/]+)):(\d+)$/.exec(address)
    return match ? [{ host: match[1] ?? match[2] ?? '', port: Number(match[3]) }] : []
  })
}

function serve(
  plugin: HarakaPlugin,
  server: HarakaWebServer,
  options: WebServerOptions,
): readonly OpenServer[] {
  const endpoints = webEndpoints(server as unknown as HarakaServer)
  if (endpoints.length === 0) return []
  const app = express()
  app.disable('x-powered-by')
  // Else express shows the stack of an error to whoever asked.
  app.set('env', 'production')
  Object.assign(server.http, { express, app })
  const opened = endpoints.map((endpoint) => ({
    endpoint,
    http: createHttpServer(plugin, app, endpoint.port),
  }))
  for (const { http } of opened) {
    server.http.server = http
    server.listeners.push(http)
  }
  server.plugins.run_hooks('init_http', server)
  const docroot = server.get_http_docroot()
  app.use(express.static(docroot))
  // Haraka's own logs a stack for each request when the instance has no pages of its own.
  app.use(existsSync(join(docroot, '404.html')) ? server.handle404 : notFound)
  return opened.map(({ endpoint, http }) => ({ http, giveUp: open(http, endpoint, options) }))
}

function createHttpServer(plugin: HarakaPlugin, app: Express, port: number): HttpServer {
  const times = {
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: CHECK_MS,
  }
  const http =
    port === TLS_PORT ? createTlsServer({ ...times, ...certificate(plugin) }, app) : createServer(times, app)
  http.maxConnections = MAX_CONNECTIONS
  return http
}

function certificate(plugin: HarakaPlugin): SecureContextOptions {
  const { certsByHost } = plugin.haraka_require('tls_socket') as {
    certsByHost: Record<string, SecureContextOptions>
  }
  return { ...certsByHost['*'] }
}

/** Tries until the port opens: mail does not wait for it. Returns how to give up. */
function open(http: HttpServer, endpoint: Endpoint, { ports, log }: WebServerOptions): () => void {
  let said = ''
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const attempt = async (): Promise<void> => {
    try {
      await ports.claim(endpoint)
      await listen(http, endpoint)
      http.on('error', (error) => {
        log.error(`HTTP on ${endpointName(endpoint)}: ${error.message}`)
      })
      log.notice(`HTTP listens on ${endpointName(endpoint)}`)
    } catch (error) {
      ports.release(endpoint)
      const reason = explainBindError(error as NodeJS.ErrnoException, endpoint)
      if (reason !== said) log.error(`no web page on ${endpointName(endpoint)}, mail goes on: ${reason}`)
      said = reason
      if (!isOver) timer = setTimeout(() => void attempt(), RETRY_MS).unref()
    }
  }
  void attempt()
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

function listen(http: HttpServer, { host, port }: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen({ host, port }, () => {
      http.off('error', reject)
      resolve()
    })
  })
}

function canHarakaLoad(name: string): boolean {
  try {
    createRequire(realpathSync(process.argv[1] ?? __filename)).resolve(name)
    return true
  } catch {
    return false
  }
}

const notFound: WebHandler = (_request, response) => {
  response.writeHead(404, { 'Content-Type': 'application/json' })
  response.end('{"error":"not found"}')
}
