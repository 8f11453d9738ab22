import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { authenticate, dkimSign } from 'mailauth'
import { verifySignatures } from '../support/arc-verifier'
import { createDnsServer, zone, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { startSmtpServer, type TestSmtpServer } from '../support/smtp-server'

function createKey() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    record: `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
  }
}

const bankKey = createKey()
const sealKey = createKey()
const records: Record<string, string> = {
  's1._domainkey.bank.example': bankKey.record,
  'gw._domainkey.gateway.test': sealKey.record,
  '_dmarc.bank.example': 'v=DMARC1; p=reject',
  'mail-service.example': 'v=spf1 mx -all',
}
const txt = (value: string) => ({ type: 'TXT' as const, value: value.match(/.{1,200}/g) ?? [] })
const client = '192.0.2.25'

/** What the next hop's own checks ask. */
const lookupTxt = async (name: string): Promise<string[][]> => {
  const record = records[name]
  if (record === undefined) throw Object.assign(new Error(name), { code: 'ENOTFOUND' })
  return Promise.resolve([[record]])
}
const atNextHop = (message: Buffer) =>
  authenticate(message, {
    ip: '127.0.0.1',
    sender: 'x@forwarder.example',
    resolver: lookupTxt,
    disableBimi: true,
  })

async function signed(message: string): Promise<string> {
  const { signatures } = await dkimSign(message, {
    canonicalization: 'relaxed/relaxed',
    signatureData: [{ signingDomain: 'bank.example', selector: 's1', privateKey: bankKey.pem }],
  } as never)
  return signatures + message
}

/** Fields with folds and line ends, and the body. */
function split(message: Buffer): { fields: string[]; body: string } {
  const text = message.toString('latin1')
  const end = text.indexOf('\r\n\r\n') + 2
  return { fields: text.slice(0, end).split(/(?<=\r\n)(?![ \t])/), body: text.slice(end) }
}

const isNamed = (field: string, name: string): boolean =>
  field.toLowerCase().startsWith(`${name.toLowerCase()}:`)
const fieldsNamed = (message: Buffer, name: string): string[] =>
  split(message).fields.filter((field) => isNamed(field, name))

/** As the next hop stores it: the test server keeps what came over the wire (RFC 5321 section 4.5.2). */
const unstuffed = (wire: Buffer): Buffer =>
  Buffer.from(wire.toString('latin1').replace(/^\.\./gm, '.'), 'latin1')

/** Without what a gateway may add or change. */
function rest(message: Buffer) {
  const { fields, body } = split(message)
  const ours = ['From', 'X-Original-From', 'Received', 'Authentication-Results', 'X-Gateway-Via']
  return {
    fields: fields.filter((field) => !/^arc-/i.test(field) && !ours.some((name) => isNamed(field, name))),
    body,
  }
}

describe('marking in a running gateway', () => {
  let dns: DnsServer
  let hop: TestSmtpServer
  let gateway: Gateway
  const settings = (markFrom: object = {}) => ({
    dns: { servers: [dns.address], timeout: 2000 },
    next_hops: { 'example.com': { host: '127.0.0.1', port: hop.port, tls: 'off' } },
    mark_from: { enabled: true, ...markFrom },
    arc: { domain: 'gateway.test', selector: 'gw' },
  })

  before(async () => {
    dns = await createDnsServer(
      zone({
        ...Object.fromEntries(Object.entries(records).map(([name, record]) => [name, [txt(record)]])),
        'mail-service.example': [
          txt(records['mail-service.example'] ?? ''),
          { type: 'MX', value: 'mx.mail-service.example', preference: 10 },
        ],
        'mx.mail-service.example': [client],
        'helo.mail-service.example': [client],
        'other.example': ['192.0.2.99'],
      }),
    )
    hop = await startSmtpServer()
    gateway = await startGateway({
      settings: settings(),
      secrets: { arc: { key: sealKey.pem } },
      ownPlugins: {
        relays: `exports.hook_connect = (next, connection) => {
          connection.relaying = connection.remote.ip === '192.0.2.200'
          next()
        }
        exports.register = function () { this.register_hook('queue_outbound', 'show_from', -100) }
        exports.show_from = (next, connection) => next(OK, connection.transaction.header.get('From').trim())`,
        results: `exports.hook_queue_ok = (next, connection) => {
          connection.loginfo(this, 'results ' + JSON.stringify(connection.transaction.results.get('gateway/mark-from')))
          next()
        }`,
      },
      plugins: ['gateway/mail-core', 'gateway/next-hops', 'relays', 'results', 'gateway/mark-from'],
    })
  })
  after(async () => {
    await gateway.stop()
    await Promise.all([hop.close(), dns.close()])
  })

  interface Mail {
    readonly message: string | Buffer
    readonly from?: string
    readonly ip?: string
    readonly hello?: string
  }

  async function send({
    message,
    from = 'bounce@mail-service.example',
    ip = client,
    hello = 'EHLO c.example',
  }: Mail) {
    const session = await gateway.client(ip)
    try {
      for (const command of [hello, `MAIL FROM:<${from}>`, 'RCPT TO:<anna@example.com>', 'DATA']) {
        assert.match(await session.send(command), /^[23]/)
      }
      session.write(message)
      return await session.send('.')
    } finally {
      session.close()
    }
  }

  async function deliver(mail: Mail): Promise<Buffer> {
    const before = hop.messages().length
    assert.match(await send(mail), /^250 /)
    return eventually('the message at the next hop', () => hop.messages()[before])
  }

  const plain = (from: string): string =>
    `From: ${from}\r\nTo: anna@example.com\r\nSubject: Hello\r\n\r\nbody\r\n`

  it('names who really sent a message, and says why in the log and the results', async () => {
    const message = await deliver({ message: plain('"Your Bank" <info@bank.example>') })
    assert.deepEqual(fieldsNamed(message, 'From'), [
      'From: "Your Bank via mail-service.example" <info@bank.example>\r\n',
    ])
    assert.deepEqual(fieldsNamed(message, 'X-Original-From'), [
      'X-Original-From: "Your Bank" <info@bank.example>\r\n',
    ])
    const why = 'bank.example in From does not match mail-service.example'
    const logged = await gateway.logged(/marked with/)
    assert.ok(logged.endsWith(`marked with mail-service.example: ${why}`), logged)
    const results = await gateway.logged(/results \{/)
    const entry = JSON.parse(results.slice(results.indexOf('results ') + 8)) as Record<string, unknown>
    assert.deepEqual(
      { action: entry.action, domain: entry.domain, why: entry.why },
      { action: 'marked', domain: 'mail-service.example', why: [why] },
    )
  })

  it('records what was verified, and seals what it changed: DKIM holds before, ARC after', async () => {
    const original = await signed(plain('"Your Bank" <info@bank.example>'))
    assert.deepEqual(verifySignatures(Buffer.from(original), records), { dkim: [true], arc: 'none' })
    const forged = 'Authentication-Results: mx.gateway.test; dkim=pass header.d=evil.example\r\n'
    const message = await deliver({ message: forged + original })

    assert.deepEqual(fieldsNamed(message, 'Authentication-Results'), [
      [
        'Authentication-Results: mx.gateway.test',
        '\tspf=pass smtp.mailfrom=mail-service.example smtp.helo=c.example',
        '\tdkim=pass header.d=bank.example header.s=s1',
        '\tdmarc=pass (p=reject) header.from=bank.example\r\n',
      ].join(';\r\n'),
    ])
    assert.deepEqual(verifySignatures(message, records), { dkim: [false], arc: 'pass' })
    const { dkim, arc } = await atNextHop(message)
    assert.equal(dkim.results[0]?.status.result, 'fail')
    assert.ok(arc && arc.status.result === 'pass')
    assert.match(
      fieldsNamed(message, 'ARC-Authentication-Results').join(),
      /i=1; mx\.gateway\.test;\r\n\tspf=pass /,
    )
    assert.equal(
      message
        .toString()
        .split('\r\n')
        .filter((line) => line.length > 998).length,
      0,
    )

    // A forwarder that sends it through again.
    const forwarded = await deliver({ message, from: 'x@forwarder.example' })
    assert.match(fieldsNamed(forwarded, 'From').join(), /via forwarder\.example/)
    assert.deepEqual(verifySignatures(forwarded, records), { dkim: [false], arc: 'pass' })
    assert.deepEqual(fieldsNamed(forwarded, 'ARC-Seal').length, 2)
    const second = await atNextHop(forwarded)
    assert.ok(second.arc && second.arc.status.result === 'pass' && second.arc.i === 2)

    // Somebody who changes it on the way breaks the seal.
    const changed = Buffer.from(
      message.toString('latin1').replace('Subject: Hello', 'Subject: Hallo'),
      'latin1',
    )
    assert.equal(verifySignatures(changed, records).arc, 'signature 1 does not hold')
  })

  it('leaves aligned mail as it is, its signature included, without seal', async () => {
    const original = await signed(plain('Bank <info@bank.example>'))
    const message = await deliver({ message: original, from: 'bounce@news.bank.example' })
    assert.deepEqual(verifySignatures(message, records), { dkim: [true], arc: 'none' })
    assert.deepEqual(fieldsNamed(message, 'From'), ['From: Bank <info@bank.example>\r\n'])
    assert.deepEqual(fieldsNamed(message, 'X-Original-From'), [])
  })

  it('keeps every other byte, header order included, after EHLO and after HELO', async () => {
    const message = Buffer.concat(
      [
        'X-First:  two  blanks \r\n',
        'Subject: =?utf-8?Q?gr=C3=BC=C3=9Fe?=\r\n folded\r\n\tand again\r\n',
        'X-Utf8: grüße ☃\r\n',
        'From: "Böse\r\n Bank" <info@bank.example>\r\n',
        'X-Twice: a\r\nx-twice: b\r\n',
        Buffer.from('X-Latin: gr\xfc\xdfe\r\n and \xe9\r\nX-Latin: gr\xf6\xdfe\r\n and \xe8\r\n', 'latin1'),
        'To : anna@example.com\r\n',
        '\r\n..\r\n...dots\r\n  trailing \t \r\n\r\nümlaut\r\n',
        Buffer.from('latin \xfc\r\n\r\n\r\n', 'latin1'),
      ].map((part) => Buffer.from(part as string)),
    )
    for (const hello of ['EHLO c.example', 'HELO c.example']) {
      const delivered = await deliver({ message, hello })
      assert.deepEqual(rest(delivered), rest(message), hello)
      const [from = ''] = fieldsNamed(delivered, 'From')
      assert.match(from, /^From: =\?UTF-8\?/)
      assert.match(from, /^[\x20-\x7e\r\n]+$/)
      const original = Buffer.from(fieldsNamed(delivered, 'X-Original-From').join(), 'latin1')
      assert.equal(original.toString(), 'X-Original-From: "Böse\r\n Bank" <info@bank.example>\r\n')
      const received = unstuffed(delivered)
      assert.equal(verifySignatures(received, records).arc, 'pass', hello)
      const { arc } = await atNextHop(received)
      assert.ok(arc && arc.status.result === 'pass', hello)
    }
  })

  it('judges a bounce by the HELO name only when that leads to the client', async () => {
    for (const [helo, shown] of [
      ['helo.mail-service.example', 'helo.mail-service.example'],
      ['mail-service.example', 'mail-service.example'],
      ['other.example', '[192.0.2.25]'],
      ['nowhere.example', '[192.0.2.25]'],
    ] as const) {
      const message = await deliver({
        message: plain('MAILER-DAEMON <daemon@bank.example>'),
        from: '',
        hello: `EHLO ${helo}`,
      })
      assert.match(
        fieldsNamed(message, 'From').join(),
        new RegExp(`"MAILER-DAEMON via ${shown.replace(/[[\].]/g, String.raw`\$&`)}"`),
        helo,
      )
    }
  })

  it('refuses messages with several From fields or none at the end of data', async () => {
    assert.match(
      await send({ message: `From: a@bank.example\r\n${plain('b@mail-service.example')}` }),
      /^550 5\.6\.0 .*2 From fields/,
    )
    assert.match(await send({ message: 'Subject: x\r\n\r\nbody\r\n' }), /^550 5\.6\.0 .*no From/)
  })

  it('never marks mail of those who may relay', async () => {
    const session = await gateway.client('192.0.2.200')
    const reply = await session.sendMail({
      from: 'x@mail-service.example',
      to: 'someone@elsewhere.example',
      message: plain('"Your Bank" <info@bank.example>'),
    })
    assert.match(reply, /^250 "Your Bank" <info@bank\.example>/)
    session.close()
  })

  it('marks mail from a private address that may not relay', async () => {
    const message = await deliver({ message: plain('Bank <info@bank.example>'), ip: '10.0.0.1' })
    assert.match(fieldsNamed(message, 'From').join(), /via mail-service\.example/)
  })

  it('applies settings at once: only tags with tag_only, and does nothing when off', async () => {
    await gateway.changeSettings(settings({ tag_only: true }))
    const tagged = await deliver({ message: plain('Bank <info@bank.example>') })
    assert.deepEqual(fieldsNamed(tagged, 'From'), ['From: Bank <info@bank.example>\r\n'])
    assert.deepEqual(fieldsNamed(tagged, 'X-Gateway-Via'), ['X-Gateway-Via: mail-service.example\r\n'])
    assert.deepEqual(fieldsNamed(tagged, 'ARC-Seal'), [])

    await gateway.changeSettings(settings({ enabled: false }))
    const untouched = await deliver({ message: plain('Bank <info@bank.example>') })
    assert.deepEqual(fieldsNamed(untouched, 'From'), ['From: Bank <info@bank.example>\r\n'])
    assert.match(fieldsNamed(untouched, 'Authentication-Results').join(), /spf=pass/)
  })

  it('writes the key nowhere', () => {
    const secret = sealKey.pem.split('\n')[1] ?? ''
    assert.ok(secret.length > 60)
    assert.ok(!gateway.log().includes(secret))
    assert.ok(!hop.messages().some((message) => message.includes(secret)))
    assert.doesNotMatch(gateway.log(), /uncaught|TypeError|no seal/)
  })
})

describe('authentication and lists', () => {
  it('are asked at the same time: nobody waits for one after the other', async function () {
    this.timeout(60_000)
    const asked = new Set<string>()
    const wanted = ['mail-service.example', 's1._domainkey.bank.example', '_dmarc.bank.example']
    const answerOther = zone({ 'mail-service.example': [txt('v=spf1 -all')] })
    let isListAsked = false
    const dns = await createDnsServer(async (query) => {
      if (query.type === 'TXT') asked.add(query.name)
      if (query.name === 'shop.net.list.example') {
        isListAsked = true
        await eventually('the questions of SPF, DKIM and DMARC', () =>
          wanted.every((name) => asked.has(name)) ? true : undefined,
        )
      }
      return answerOther(query)
    })
    const hop = await startSmtpServer()
    const gateway = await startGateway({
      settings: {
        dns: { servers: [dns.address], timeout: 5000 },
        next_hops: { 'example.com': { host: '127.0.0.1', port: hop.port, tls: 'off' } },
        mark_from: { enabled: true },
        uri_blocklists: { custom: ['list.example'] },
      },
      plugins: ['gateway/mail-core', 'gateway/uri-lists', 'gateway/next-hops', 'gateway/mark-from'],
    })
    try {
      const session = await gateway.client(client)
      for (const command of [
        'EHLO c.example',
        'MAIL FROM:<bounce@mail-service.example>',
        'RCPT TO:<anna@example.com>',
        'DATA',
      ])
        assert.match(await session.send(command), /^[23]/)
      session.write(
        await signed('From: Bank <info@bank.example>\r\nSubject: Hello\r\n\r\nhttps://shop.net/\r\n'),
      )
      assert.match(await session.send('.'), /^250 /)
      session.close()
      assert.ok(isListAsked)
      // The list has answered, so it had not waited for those questions in vain.
      assert.doesNotMatch(gateway.log(), /suspended/)
    } finally {
      await gateway.stop()
      await Promise.all([hop.close(), dns.close()])
    }
  })
})
