import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { dkimSign, sealMessage } from 'mailauth'
import type { DnsAnswer, Resolver } from '../../plugins/lib/dns'
import { silentLog } from '../../plugins/lib/log'
import { authenticate, type ReceivedMessage } from '../../plugins/mark-from/authentication'
import { formatResult } from '../../plugins/mark-from/authentication-results'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const key = `v=DKIM1; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`
const records: Record<string, string> = {
  'TXT s._domainkey.bank.example': key,
  'TXT gw._domainkey.forwarder.example': key,
  'TXT _dmarc.bank.example': 'v=DMARC1; p=quarantine',
  'TXT mail.example': 'v=spf1 a:out.mail.example -all',
  'A out.mail.example': '192.0.2.1',
  'TXT helo.example': 'v=spf1 ip4:192.0.2.1 -all',
}

function resolver(
  answer: (question: string) => DnsAnswer | Promise<DnsAnswer> | undefined = () => undefined,
) {
  const questions: string[] = []
  const lookup: Resolver['lookup'] = async (name, type) => {
    const question = `${type} ${name}`
    questions.push(question)
    const record = records[question]
    return (
      (await answer(question)) ??
      (record === undefined
        ? { kind: 'nxdomain', ttlSeconds: 1 }
        : { kind: 'records', records: [record], ttlSeconds: 1 })
    )
  }
  return { lookup, questions }
}

const text = 'From: "Bank" <info@bank.example>\r\nSubject: x\r\n\r\nbody\r\n'

async function signedText(body = text): Promise<string> {
  const { signatures } = await dkimSign(body, {
    canonicalization: 'relaxed/relaxed',
    signatureData: [{ signingDomain: 'bank.example', selector: 's', privateKey: pem }],
  } as never)
  return signatures + body
}

interface Case extends Partial<ReceivedMessage> {
  readonly message: string
  readonly dns?: Resolver
  readonly deadlineMs?: number
  readonly sealing?: boolean
}

async function check({ message, dns, deadlineMs, sealing, ...facts }: Case) {
  const found = await authenticate(
    {
      ip: '192.0.2.1',
      helo: 'helo.example',
      sender: 'x@mail.example',
      fromDomains: ['bank.example'],
      signatures: message.match(/^DKIM-Signature:/gim)?.length ?? 0,
      isArcSealed: /^ARC-Seal:/im.test(message),
      recorded: [],
      open: () => Readable.from([Buffer.from(message)]),
      ...facts,
    },
    {
      resolver: dns ?? resolver(),
      log: silentLog,
      deadlineMs: deadlineMs ?? 10_000,
      sealing: sealing ?? true,
    },
  )
  return { results: found.results.map(formatResult), chain: found.chain }
}

describe('authentication', () => {
  it('finds out SPF, DKIM and DMARC', async () => {
    const { results, chain } = await check({ message: await signedText() })
    assert.deepEqual(results, [
      'spf=pass smtp.mailfrom=mail.example smtp.helo=helo.example',
      'dkim=pass header.d=bank.example header.s=s',
      'dmarc=pass (p=quarantine) header.from=bank.example',
    ])
    assert.equal(chain?.verdict, 'none')
    assert.equal(chain.instance, 1)
  })

  it('judges a null sender by the HELO name', async () => {
    const { results } = await check({ message: text, sender: '' })
    assert.equal(results[0], 'spf=pass smtp.helo=helo.example')
    assert.equal(results[1], 'dkim=none (message not signed)')
    assert.equal(results[2], 'dmarc=fail (p=quarantine) header.from=bank.example')
  })

  it('says that a domain has no DMARC policy', async () => {
    const dns = resolver((question) =>
      question.startsWith('TXT _dmarc.') ? { kind: 'nxdomain', ttlSeconds: 60 } : undefined,
    )
    const { results } = await check({ message: text, dns })
    assert.equal(results[2], 'dmarc=none header.from=bank.example')
  })

  it('tries no method again that others have recorded, and builds DMARC on theirs', async () => {
    const dns = resolver()
    const { results } = await check({
      message: await signedText(),
      dns,
      sealing: false,
      open: () => assert.fail('the message was read'),
      recorded: [
        { method: 'spf', result: 'fail', properties: { 'smtp.mailfrom': 'mail.example' } },
        { method: 'dkim', result: 'pass', properties: { 'header.d': 'bank.example' } },
      ],
    })
    assert.deepEqual(results, ['dmarc=pass (p=quarantine) header.from=bank.example'])
    assert.deepEqual(dns.questions, ['TXT _dmarc.bank.example'])
  })

  it('does not let a signature of a part of the body count', async () => {
    const { signatures } = await dkimSign(text, {
      canonicalization: 'relaxed/relaxed',
      signatureData: [{ signingDomain: 'bank.example', selector: 's', privateKey: pem, maxBodyLength: 6 }],
    } as never)
    const { results } = await check({ message: `${signatures}${text}added by another\r\n` })
    assert.equal(results[1], 'dkim=policy (part of the body is not signed) header.d=bank.example header.s=s')
    assert.match(results[2] ?? '', /^dmarc=fail/)
  })

  it('verifies no more than 20 signatures', async () => {
    const dns = resolver()
    const many = `${'DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=s; h=from; bh=x; b=x\r\n'.repeat(21)}${text}`
    const { results, chain } = await check({ message: many, dns })
    assert.equal(results[1], 'dkim=policy')
    assert.equal(chain, undefined)
    assert.ok(!dns.questions.some((question) => question.includes('_domainkey')))
  })

  it('ends at its deadline, with temporary errors and no seal', async () => {
    const never = resolver(() => new Promise<DnsAnswer>(() => undefined))
    const { results, chain } = await check({ message: await signedText(), dns: never, deadlineMs: 30 })
    assert.deepEqual(results, ['spf=temperror', 'dkim=temperror', 'dmarc=temperror'])
    assert.equal(chain, undefined)
    const stuck = await check({ message: await signedText(), open: () => new PassThrough(), deadlineMs: 30 })
    assert.equal(stuck.results[1], 'dkim=temperror')
  })

  it('continues a chain, and declares none broken because of its own DNS', async () => {
    const seal = await sealMessage(text, {
      signingDomain: 'forwarder.example',
      selector: 'gw',
      privateKey: pem,
      authResults: 'forwarder.example; spf=pass',
      cv: 'none',
    } as never)
    const sealed = `${seal.toString()}${text}`
    const intact = await check({ message: sealed })
    assert.ok(intact.results.includes('arc=pass'), intact.results.join(', '))
    assert.deepEqual([intact.chain?.verdict, intact.chain?.instance], ['pass', 2])

    const broken = await check({ message: sealed.replace('body', 'changed') })
    assert.ok(broken.results.includes('arc=fail'))
    assert.deepEqual([broken.chain?.verdict, broken.chain?.instance], ['fail', 2])

    const dns = resolver((question) =>
      question.includes('_domainkey') ? { kind: 'failed', rcode: 'SERVFAIL' } : undefined,
    )
    const unknown = await check({ message: sealed, dns })
    assert.ok(unknown.results.includes('arc=temperror'))
    assert.equal(unknown.chain, undefined)
  })

  it('survives headers that no library expects', async () => {
    for (const header of [
      'DKIM-Signature:\r\n',
      'DKIM-Signature: v=1; a=; b=; bh=; c=/; d=..; s=\u0000; l=-1; t=x; x=y; h=:::\r\n',
      'ARC-Seal: i=1\r\nARC-Seal: i=1\r\n',
      'ARC-Seal: i=__proto__; cv=pass\r\n',
      'ARC-Seal: i=1; cv=none; a=rsa-sha256; s=gw; d=forwarder.example; b=x\r\nARC-Message-Signature: i=1; a=rsa-sha256; s=gw; d=x\r\nARC-Authentication-Results: i=1; x\r\n',
    ]) {
      const { results } = await check({ message: `${header}${text}` })
      assert.ok(results.length >= 3, header)
    }
  })
})
