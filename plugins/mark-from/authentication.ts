import type { Readable } from 'node:stream'
import { errorText } from '../lib/error-text'
import type { Resolver } from '../lib/dns'
import type { Log } from '../lib/log'
import type { MethodResult } from './authentication-results'
import { createDnsQueries, type DnsQueries } from './dns-queries'
import { loadMailauth, type Mailauth } from './mailauth'

/** What SPF, DKIM, DMARC and ARC say about a message as it came, before anything in it is changed. */

export interface EnvelopeFacts {
  readonly ip: string
  /** Null when the client said none. */
  readonly helo: string | null
  /** Envelope sender, its domain in A-labels; empty for `<>`. */
  readonly sender: string
}

export interface ReceivedMessage extends EnvelopeFacts {
  /** Begun when the sender was known; default: now. */
  readonly spf?: Promise<readonly MethodResult[]> | undefined
  /** Domains of the addresses in From. */
  readonly fromDomains: readonly string[]
  readonly signatures: number
  readonly isArcSealed: boolean
  /** Results of others: a method that has one is not tried again. */
  readonly recorded: readonly MethodResult[]
  /** The message with CRLF, without dot-stuffing. Asked once at most. */
  readonly open: () => Readable
}

export interface AuthenticationOptions {
  readonly resolver: Resolver
  readonly log: Log
  /** For everything together; what is not known by then is a temporary error. */
  readonly deadlineMs: number
  /** The message may have to be sealed. */
  readonly sealing: boolean
}

export interface Authentication {
  /** To be recorded; without the methods that others had recorded. */
  readonly results: readonly MethodResult[]
  /** What a seal says about the message that came; undefined when it must not be sealed. */
  readonly chain: ArcChain | undefined
}

export interface ArcChain {
  /** Sets so far and their verdict, `cv=` of the next one (RFC 8617 section 4.1.2). */
  readonly sets: unknown
  readonly verdict: 'none' | 'pass' | 'fail'
  readonly instance: number
  readonly bodyHash: string
}

/** One message with 500 signatures took 136 ms; no honest one has many. */
const maxSignatures = 20
/** RFC 8617 section 4.2.1 */
const maxInstance = 50
/** RFC 8301 section 3.2 */
const minKeyBits = 1024

/** Begins what needs no message, while it is on its way. Never rejects. */
export async function beginSpf(
  facts: EnvelopeFacts,
  { resolver, log }: Pick<AuthenticationOptions, 'resolver' | 'log'>,
): Promise<readonly MethodResult[]> {
  try {
    return await checkSpf(await loadMailauth(), facts, createDnsQueries(resolver, facts.ip))
  } catch (error) {
    log.error(`spf: ${errorText(error)}`)
    return [temporaryError('spf')]
  }
}

export async function authenticate(
  message: ReceivedMessage,
  options: AuthenticationOptions,
): Promise<Authentication> {
  const mailauth = await loadMailauth()
  const queries = createDnsQueries(options.resolver)
  const within = createDeadline(options)
  const recorded = (method: string): readonly MethodResult[] =>
    message.recorded.filter((result) => result.method === method)

  const [spf, signed] = await Promise.all([
    recorded('spf').length > 0
      ? recorded('spf')
      : within('spf', () => message.spf ?? beginSpf(message, options), [temporaryError('spf')]),
    within('dkim', () => checkSignatures(mailauth, message, queries, options.sealing), unsigned('temperror')),
  ])
  const dkim = recorded('dkim').length > 0 ? recorded('dkim') : signed.dkim
  const dmarc =
    recorded('dmarc').length > 0
      ? recorded('dmarc')
      : await within('dmarc', () => checkDmarc(mailauth, message, [...spf, ...dkim], queries), [
          temporaryError('dmarc'),
        ])
  const known = new Set(message.recorded.map(({ method }) => method))
  const results = [...spf, ...dkim, ...dmarc, ...signed.arc].filter(({ method }) => !known.has(method))
  return { results, chain: signed.chain }
}

/** One deadline for all checks; what fails or comes late is replaced, and nobody's mail waits for it. */
function createDeadline({ deadlineMs, log }: AuthenticationOptions) {
  const end = performance.now() + deadlineMs
  return async <T>(method: string, check: () => Promise<T>, instead: T): Promise<T> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<T>((resolve) => {
      timer = setTimeout(
        () => {
          log.warn(`${method} was not known after ${deadlineMs / 1000} s`)
          resolve(instead)
        },
        Math.max(end - performance.now(), 0),
      )
    })
    const checked = check().catch((error: unknown) => {
      log.error(`${method}: ${errorText(error)}`)
      return instead
    })
    try {
      return await Promise.race([checked, late])
    } finally {
      clearTimeout(timer)
    }
  }
}

const temporaryError = (method: string): MethodResult => ({ method, result: 'temperror', properties: {} })

/** Only explanations that nobody sees name it (RFC 7208 section 7.3); mailauth would ask the system each time. */
const receiver = 'unknown'

async function checkSpf(
  { spf }: Mailauth,
  { ip, helo, sender }: EnvelopeFacts,
  { resolve }: DnsQueries,
): Promise<MethodResult[]> {
  // RFC 7208 section 2.4: a null sender is judged by the HELO name.
  const heloName = helo ?? `[${ip}]`
  const { status } = await spf({ ip, helo: heloName, sender, mta: receiver, resolver: resolve })
  const properties =
    sender === ''
      ? { 'smtp.helo': heloName }
      : { 'smtp.mailfrom': sender.slice(sender.lastIndexOf('@') + 1), 'smtp.helo': heloName }
  return [{ method: 'spf', result: status.result, properties }]
}

interface Signatures {
  readonly dkim: readonly MethodResult[]
  readonly arc: readonly MethodResult[]
  readonly chain: ArcChain | undefined
}

const unsigned = (result: string): Signatures => ({
  dkim: [{ method: 'dkim', result, properties: {} }],
  arc: [],
  chain: undefined,
})

async function checkSignatures(
  { dkimVerify, arc }: Mailauth,
  message: ReceivedMessage,
  queries: DnsQueries,
  sealing: boolean,
): Promise<Signatures> {
  if (message.signatures > maxSignatures) return unsigned('policy')
  const isDkimKnown = message.recorded.some(({ method }) => method === 'dkim')
  const isWanted = message.signatures > 0 && !isDkimKnown
  if (!isWanted && !message.isArcSealed && !sealing) return unsigned('none')
  // mailauth puts the hash of the body here.
  const seal: { bodyHash?: string } = {}
  const options = { resolver: queries.resolve, minBitLength: minKeyBits }
  const verified = await dkimVerify(message.open(), {
    ...options,
    sender: message.sender,
    ...(sealing && { seal: seal as never }),
  })
  const dkim = verified.results.map(signatureVerdict)
  const state = await arc(verified.arc as never, options)
  return { dkim, ...arcVerdict(state, verified.arc, seal.bodyHash, queries) }
}

type SignatureState = Awaited<ReturnType<Mailauth['dkimVerify']>>['results'][number]

function signatureVerdict({ status, signingDomain, selector }: SignatureState): MethodResult {
  // Anyone can add to a body that is signed in part (RFC 6376 section 8.2).
  const isPartial = status.result === 'pass' && Boolean(status.underSized)
  const comment = isPartial ? 'part of the body is not signed' : (status.comment ?? '')
  return {
    method: 'dkim',
    result: isPartial ? 'policy' : status.result,
    ...(/^[a-z ]{1,60}$/i.test(comment) && { comment }),
    properties: { 'header.d': signingDomain, 'header.s': selector },
  }
}

type ArcState = Awaited<ReturnType<Mailauth['arc']>>

function arcVerdict(
  { status, i }: ArcState,
  sets: unknown,
  bodyHash: string | undefined,
  queries: DnsQueries,
): Pick<Signatures, 'arc' | 'chain'> {
  // A chain that cannot be verified now must not be declared broken for good.
  const verdict = status.result === 'fail' && queries.hadFailure() ? 'temperror' : status.result
  const arc = verdict === 'none' ? [] : [{ method: 'arc', result: verdict, properties: {} }]
  const instance = Number(i) + 1
  const isSealable =
    verdict === 'none' || verdict === 'pass' || (verdict === 'fail' && status.shouldSeal === true)
  if (!isSealable || bodyHash === undefined || instance > maxInstance) return { arc, chain: undefined }
  return { arc, chain: { sets, verdict, instance, bodyHash } }
}

async function checkDmarc(
  { dmarc }: Mailauth,
  { fromDomains }: ReceivedMessage,
  results: readonly MethodResult[],
  { resolve }: DnsQueries,
): Promise<MethodResult[]> {
  const [domain, ...others] = fromDomains
  // RFC 7489 section 6.6.1: several domains in From are nobody's policy.
  if (domain === undefined || others.length > 0) return []
  const passed = (method: string): Record<string, string | undefined>[] =>
    results
      .filter((result) => result.method === method && result.result === 'pass')
      .map(({ properties }) => properties)
  const verdict = await dmarc({
    headerFrom: `postmaster@${domain}`,
    spfDomains: passed('spf').flatMap((found) => domainOf(found['smtp.mailfrom'] ?? found['smtp.helo'])),
    dkimDomains: passed('dkim').flatMap((found) =>
      domainOf(found['header.d']).map((name) => ({ id: name, domain: name })),
    ),
    resolver: resolve,
  })
  if (!verdict) return []
  // Without a record there is none, whatever the type says.
  const { policy: word = '' } = verdict as Partial<typeof verdict>
  const policy = /^[a-z]+$/i.test(word) ? { comment: `p=${word.toLowerCase()}` } : {}
  return [
    { method: 'dmarc', result: verdict.status.result, ...policy, properties: { 'header.from': domain } },
  ]
}

function domainOf(identity: string | undefined): string[] {
  return identity === undefined || identity === '' ? [] : [identity.slice(identity.lastIndexOf('@') + 1)]
}
