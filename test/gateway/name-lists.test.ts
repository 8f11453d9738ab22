import assert from 'node:assert/strict'
import { createDnsServer, zone, type DnsHandler, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'

/** What the lists of this test list; everything else is NXDOMAIN. */
const lists = zone(
  {
    'test.names.lists.net': ['127.0.0.2'],
    'test.uris.lists.net': ['127.0.0.2'],
    'test.new.lists.net': ['127.0.0.2'],
    'bad-helo.net.names.lists.net': ['127.0.0.2'],
    'bad-sender.net.names.lists.net': ['127.0.0.2'],
    'bad-rdns.net.names.lists.net': ['127.0.0.2'],
    'xn--mnchen-3ya.de.names.lists.net': ['127.0.0.2'],
    'host.bad-msgid.net.names.lists.net': ['127.0.0.2'],
    'deep.bad-body.net.names.lists.net': ['127.0.0.2'],
    'bad-from.net.names.lists.net': ['127.0.0.2'],
    'bad-link.net.uris.lists.net': ['127.0.0.2'],
    'alice.github.io.uris.lists.net': ['127.0.0.2'],
    'new-domain.net.new.lists.net': ['127.0.0.2'],
    'newer-domain.net.new.lists.net': ['127.0.0.2'],
    'test.uribl.com.multi.uribl.com': ['127.0.0.14'],
    'red-domain.net.multi.uribl.com': ['127.0.0.8'],
    'black-domain.net.multi.uribl.com': ['127.0.0.2'],
    '2.0.0.127.multi.uribl.com': ['127.0.0.14'],
  },
  { ttl: 60, negativeTtl: 60 },
)

const reverse: Record<string, string[]> = {
  '1.113.0.203.in-addr.arpa': ['mail.friendly.net', 'bad-rdns.net'],
}

const answer: DnsHandler = (query) => {
  const names = query.type === 'PTR' ? reverse[query.name] : undefined
  return names ? { answers: names.map((value) => ({ type: 'PTR', value })) } : lists(query)
}

const message = (fields: Record<string, string>, body = 'Hello'): string =>
  [
    ...Object.entries({ From: 'anna@friendly.net', Subject: 'Hello', ...fields }).map(
      ([key, value]) => `${key}: ${value}`,
    ),
    '',
    body,
    '',
  ].join('\n')

describe('domain-lists and uri-lists', () => {
  let dns: DnsServer
  let gateway: Gateway
  const settings = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
    dns: { servers: [dns.address], timeout: 5000 },
    next_hops: { 'here.net': { maildir: 'maildir' } },
    domain_blocklists: {
      custom: [
        { zone: 'names.lists.net', name: 'Names' },
        { zone: 'new.lists.net', name: 'New', action: 'score', score: 2 },
        { file: 'lists/names.txt', name: 'Own names' },
      ],
    },
    uri_blocklists: { custom: [{ zone: 'uris.lists.net', name: 'URIs' }] },
    ...more,
  })
  const send = async (
    mail: Partial<{ ip: string; helo: string; from: string; to: string; message: string }> = {},
  ): Promise<string> => {
    const client = await gateway.client(mail.ip ?? '203.0.113.77')
    const reply = await client.sendMail({
      from: mail.from ?? 'anna@friendly.net',
      to: mail.to ?? 'bob@here.net',
      helo: mail.helo ?? 'mail.friendly.net',
      message: mail.message ?? message({}),
    })
    client.close()
    return reply
  }
  const asked = (suffix: string): string[] =>
    dns.queries.map(({ name }) => name).filter((name) => name.endsWith(suffix))

  before(async () => {
    dns = await createDnsServer(answer)
    gateway = await startGateway({
      plugins: ['gateway/mail-core', 'gateway/domain-lists', 'gateway/uri-lists', 'gateway/next-hops'],
      nodes: 1,
      settings: settings(),
      files: { 'lists/names.txt': 'own-bad.example\n' },
    })
    await eventually('the start-up tests of the lists', () => asked('test.uris.lists.net').length)
  })
  after(async () => {
    await gateway.stop()
    await dns.close()
  })
  beforeEach(() => (dns.queries.length = 0))

  it('take clean mail', async () => {
    assert.match(await send(), /^250 /)
  })

  it('refuse at RCPT by HELO, envelope sender and any name of the client', async () => {
    assert.match(await send({ helo: 'bad-helo.net' }), /^550 5\.7\.1 bad-helo\.net is listed in Names/)
    assert.match(await send({ from: 'x@bad-sender.net' }), /^550 5\.7\.1 bad-sender\.net is listed in Names/)
    assert.match(await send({ ip: '203.0.113.1' }), /^550 5\.7\.1 bad-rdns\.net is listed in Names/)
    assert.match(
      await send({ from: 'x@own-bad.example' }),
      /^550 5\.7\.1 own-bad\.example is listed in Own names/,
    )
  })

  it('ask the name in A-labels, lower case', async () => {
    assert.match(await send({ helo: 'XN--MNCHEN-3YA.DE' }), /^550 5\.7\.1 xn--mnchen-3ya\.de is listed/)
  })

  it('ask the PTR once, and answer Haraka with it', async () => {
    reverse['2.113.0.203.in-addr.arpa'] = ['mail.friendly.net']
    const client = await gateway.client('203.0.113.2')
    assert.match(await client.send('EHLO mail.friendly.net'), /Hello mail\.friendly\.net \[203\.0\.113\.2\]/)
    client.close()
    assert.equal(asked('2.113.0.203.in-addr.arpa').length, 1)
  })

  it('refuse at end of data by Message-ID and by names in the body', async () => {
    const byId = await send({ message: message({ 'Message-ID': '<1@host.bad-msgid.net>' }) })
    assert.match(byId, /^550 5\.7\.1 host\.bad-msgid\.net is listed in Names/)
    const byBody = await send({ message: message({}, 'Look at https://deep.bad-body.net/x?y') })
    assert.match(byBody, /^550 5\.7\.1 deep\.bad-body\.net is listed in Names.* \(ref /)
    assert.equal(
      gateway.maildir().some((text) => text.includes('bad-')),
      false,
    )
  })

  it('ask URI lists about organisational domains, private suffixes included', async () => {
    const html = message({ 'Content-Type': 'text/html' }, '<a href="http://a.b.bad-link.net/">x</a>')
    assert.match(await send({ message: html }), /^550 5\.7\.1 bad-link\.net is listed in URIs/)
    const page = message({}, 'http://alice.github.io/ and http://www.clean-link.net')
    assert.match(await send({ message: page }), /^550 5\.7\.1 alice\.github\.io is listed in URIs/)
    assert.deepEqual(asked('clean-link.net.uris.lists.net'), ['clean-link.net.uris.lists.net'])
    assert.deepEqual(asked('www.clean-link.net.names.lists.net').length, 1)
  })

  it('start body lookups while the message is still coming', async () => {
    const client = await gateway.client('203.0.113.77')
    await client.send('EHLO mail.friendly.net')
    await client.send('MAIL FROM:<anna@friendly.net>')
    await client.send('RCPT TO:<bob@here.net>')
    await client.send('DATA')
    // Text is read in pieces of 16 KiB.
    client.write(`Subject: Hello\r\n\r\nhttp://early-link.net/\r\n${'and more\r\n'.repeat(4000)}`)
    await eventually('the lookup', () => asked('early-link.net.uris.lists.net').length)
    assert.match(await client.send('.'), /^250 /)
    client.close()
  })

  it('read encoded parts and leave attachments alone', async () => {
    const part = (type: string, text: string): string =>
      `--b\nContent-Type: ${type}\nContent-Transfer-Encoding: base64\n\n${Buffer.from(text).toString('base64')}\n`
    const mime = (type: string, text: string): string =>
      message({ 'Content-Type': 'multipart/mixed; boundary=b' }, `${part(type, text)}--b--`)
    assert.match(await send({ message: mime('text/plain', 'http://bad-link.net/') }), /^550 .*bad-link\.net/)
    assert.match(await send({ message: mime('application/zip', 'http://bad-link.net/') }), /^250 /)
  })

  it('never ask about reserved names, own domains, or the same name twice', async () => {
    const body = 'http://www.example.com http://here.net http://mx.here.net http://once.net http://once.net'
    assert.match(await send({ message: message({}, body) }), /^250 /)
    assert.deepEqual(
      asked('.lists.net').filter((name) => /example\.com|here\.net/.test(name)),
      [],
    )
    assert.equal(asked('once.net.names.lists.net').length, 1)
  })

  it('write scores into X-Gateway-Lists, remove such a field from outside, and count a list once', async () => {
    const body = 'http://new-domain.net http://newer-domain.net'
    assert.match(await send({ message: message({ 'X-Gateway-Lists': 'score=0' }, body) }), /^250 /)
    const stored = gateway.maildir().find((text) => text.includes('newer-domain.net'))
    assert.match(stored ?? '', /^X-Gateway-Lists: score=2;\n\tnew-domain\.net in New, score 2$/m)
    assert.equal(stored?.match(/^X-Gateway-Lists/gm)?.length, 1)
  })

  it('let reports reach abuse although they quote what they report', async () => {
    const report = message({}, 'http://bad-link.net/')
    assert.match(await send({ to: 'abuse@here.net', message: report }), /^250 /)
  })

  it('look into header fields that the settings name', async () => {
    assert.match(await send({ message: message({ From: 'x@bad-from.net' }) }), /^250 /)
    await gateway.changeSettings(settings({ domain_sources: ['from'] }))
    assert.match(await send({ message: message({ From: 'x@bad-from.net' }) }), /^550 5\.7\.1 bad-from\.net/)
    assert.match(await send({ helo: 'bad-helo.net' }), /^250 /)
  })

  it('read bitmasks by the table of the list', async () => {
    await gateway.changeSettings(settings({ uri_blocklists: { custom: ['multi.uribl.com'] } }))
    assert.match(
      await send({ message: message({}, 'http://black-domain.net/') }),
      /^550 5\.7\.1 black-domain\.net is listed in URIBL/,
    )
    assert.match(await send({ message: message({}, 'http://red-domain.net/') }), /^250 /)
  })

  it('cap the names of one message and say so, without blocking the process', async () => {
    await gateway.changeSettings(settings({ reject_score: 6 }))
    dns.queries.length = 0
    const body = Array.from({ length: 4000 }, (_, n) => `http://host${n}.many${n}.net/`).join('\n')
    assert.match(await send({ message: message({}, body) }), /^250 /)
    // A retransmission is the same question again.
    const names = new Set(asked('.uris.lists.net').filter((name) => name.startsWith('many')))
    assert.equal(names.size, 100)
    assert.match(await gateway.logged(/body_names left out/), /left out [1-9]\d+ names/)
  })
})
