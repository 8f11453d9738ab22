import { hashPassword } from '../../plugins/lib/password-hash'
import { eventually } from './eventually'
import type { Gateway } from './gateway'

/** A login as gateway.secrets.yaml holds it. */
export async function uiUser(password: string, role: 'reader' | 'editor') {
  return { password: await hashPassword(password), role }
}

export interface WebAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Undefined for what is no JSON. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests say themselves what they expect
  readonly json: any
}

export interface CallOptions {
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Calls the API as a browser that is signed in, or as nobody. */
export interface WebClient {
  readonly cookie: string
  readonly csrf: string
  /** `path` below api/v1. */
  call(path: string, options?: CallOptions): Promise<WebAnswer>
}

export async function fetchText(url: string, init: RequestInit = {}): Promise<WebAnswer> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parse(text) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function webClient(gateway: Pick<Gateway, 'url'>, session = { cookie: '', csrf: '' }): WebClient {
  return {
    ...session,
    call: (path, { method = 'GET', body, headers = {} } = {}) =>
      fetchText(`${gateway.url}/api/v1${path}`, {
        method,
        headers: {
          ...(session.cookie !== '' && { Cookie: session.cookie }),
          ...(session.csrf !== '' && method !== 'GET' && { 'X-CSRF-Token': session.csrf }),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  }
}

/** Waits until the page is served, and signs in. */
export async function signIn(gateway: Gateway, name: string, password: string): Promise<WebClient> {
  await webReady(gateway)
  const answer = await webClient(gateway).call('/login', { method: 'POST', body: { name, password } })
  if (answer.status !== 200) throw new Error(`${name} cannot sign in: ${answer.status} ${answer.text}`)
  const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  const { csrf } = answer.json as { csrf: string }
  return webClient(gateway, { cookie, csrf })
}

export async function webReady(gateway: Gateway): Promise<void> {
  await eventually('the web page to be served', async () => {
    const answer = await fetchText(`${gateway.url}/health`).catch(() => undefined)
    return answer?.status === 200
  })
}

export interface LiveEvent {
  readonly event: string
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests say themselves what they expect
  readonly data: any
}

/** Server-sent events as they come, until `close`. */
export async function watchEvents(
  gateway: Gateway,
  client: WebClient,
): Promise<{ events: LiveEvent[]; ended: Promise<void>; close(): void }> {
  const abort = new AbortController()
  const response = await fetch(`${gateway.url}/api/v1/events`, {
    headers: { Cookie: client.cookie },
    signal: abort.signal,
  })
  if (response.status !== 200 || !response.body) throw new Error(`no events: ${response.status}`)
  const events: LiveEvent[] = []
  const ended = (async () => {
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString()
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, event] = /^event: (.*)$/m.exec(block) ?? []
        const [, data = 'null'] = /^data: (.*)$/m.exec(block) ?? []
        if (event !== undefined) events.push({ event, data: JSON.parse(data) as unknown })
      }
    }
  })().catch(() => undefined)
  return {
    events,
    ended,
    close: () => {
      abort.abort()
    },
  }
}
