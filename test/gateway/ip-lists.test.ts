import assert from 'node:assert/strict'
import { createDnsServer, type DnsHandler, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'

const plugins = ['sign-in', 'gateway/mail-core', 'gateway/ip-lists', 'gateway/next-hops']

/** Signs a client in at EHLO, as an AUTH plugin does later; AUTH itself would need TLS. */
const signIn = `
exports.register = function () { this.register_hook('ehlo', 'sign_in') }
exports.sign_in = (next, connection, name) => {
  if (name === 'signed-in.example') connection.notes.auth_user = 'anna'
  if (name === 'relay.example') connection.relaying = true
  next()
}`

const message = 'From: anna@example.org\nSubject: Hello\n\nHello\n'
const nextHops = { 'here.test': { maildir: 'maildir' } }

/** Reversed octets of the addresses the tests connect from. */
const listedItem = '9.113.0.203'
const listedV6 = `${'0.'.repeat(23)}0.8.b.d.0.1.0.0.2`.replace(/^0/, '1')

const records: Record<string, string> = {
  [`${listedItem}.bl.test`]: '127.0.0.2',
  [`${listedV6}.bl.test`]: '127.0.0.2',
  '2.0.0.127.bl.test': '127.0.0.2',
  '2.0.0.127.wl.test': '127.0.0.2',
  '10.113.0.203.bl.test': '127.0.0.2',
  '10.113.0.203.wl.test': '127.0.0.2',
  '11.113.0.203.score-a.test': '127.0.0.2',
  '11.113.0.203.score-b.test': '127.0.0.2',
  '12.113.0.203.score-a.test': '127.0.0.2',
  '9.113.0.203.secretkey.combined.abusix.test': '127.0.0.2',
  '2.0.0.127.secretkey.combined.abusix.test': '127.0.0.2',
}

const zones: DnsHandler = ({ name }) => {
  const address = records[name]
  return address
    ? { answers: [{ type: 'A', value: address, ttl: 60 }] }
    : { rcode: 'NXDOMAIN', soa: { minimum: 60 } }
}

describe('ip-lists', () => {
  let dns: DnsServer
  let gateway: Gateway
  const settings = (lists: Record<string, unknown>): Record<string, unknown> => ({
    dns: { servers: [dns.address], timeout: 1000 },
    next_hops: nextHops,
    ...lists,
  })
  const standard = (): Record<string, unknown> =>
    settings({
      ip_blocklists: {
        custom: [
          { zone: 'bl.test', name: 'Example BL' },
          { zone: 'score-a.test', action: 'score', score: 3 },
          { zone: 'score-b.test', action: 'score', score: 2.5 },
        ],
      },
      ip_allowlists: { custom: [{ zone: 'wl.test' }] },
    })
  const send = async (ip: string, to = 'bob@here.test', helo = 'client.example.org'): Promise<string> => {
    const client = await gateway.client(ip)
    const reply = await client.sendMail({ from: 'anna@example.org', to, message, helo })
    client.close()
    return reply
  }
  const asked = (suffix: string): string[] =>
    dns.queries.map(({ name }) => name).filter((name) => name.endsWith(suffix))

  before(async () => {
    dns = await createDnsServer(zones)
    gateway = await startGateway({
      plugins,
      ownPlugins: { 'sign-in': signIn },
      nodes: 2,
      settings: standard(),
    })
  })
  after(async () => {
    await gateway.stop()
    await dns.close()
  })
  beforeEach(() => {
    dns.setHandler(zones)
    dns.queries.length = 0
  })

  it('refuses a listed IPv4 client at RCPT with the public name of the list', async () => {
    const client = await gateway.client('203.0.113.9')
    assert.match(await client.send('EHLO client.example.org'), /^250/)
    assert.match(await client.send('MAIL FROM:<anna@example.org>'), /^250/)
    assert.match(
      await client.send('RCPT TO:<bob@here.test>'),
      /^550 5\.7\.1 203\.0\.113\.9 is listed in Example BL.* \(ref /,
    )
    client.close()
    assert.deepEqual(gateway.maildir(), [])
  })

  it('asks about IPv6 clients by nibbles, and about mapped IPv4 ones as IPv4', async () => {
    assert.match(await send('2001:db8::1'), /^550 5\.7\.1 2001:db8::1 is listed in Example BL/)
    assert.match(await send('::ffff:203.0.113.9'), /^550 5\.7\.1 203\.0\.113\.9 is listed/)
  })

  it('takes mail of a client that no list knows, and asks each list once', async () => {
    assert.match(await send('198.51.100.20'), /^250 /)
    assert.equal(asked('20.100.51.198.bl.test').length, 1)
    assert.equal(asked('20.100.51.198.wl.test').length, 1)
  })

  it('spares a client on an allowlist, although a blocklist lists it', async () => {
    assert.match(await send('203.0.113.10'), /^250 /)
  })

  it('adds scores up over lists and refuses at the limit', async () => {
    assert.match(await send('203.0.113.12'), /^250 /)
    assert.match(
      await send('203.0.113.11'),
      /^550 5\.7\.1 203\.0\.113\.11 is listed in score-a\.test.*score-b\.test/,
    )
  })

  it('asks nothing about private and loopback clients', async () => {
    for (const ip of ['127.0.0.1', '10.9.8.7', 'fd00::7']) assert.match(await send(ip), /^250 /)
    assert.deepEqual(asked('.bl.test'), [])
  })

  it('does not judge clients that signed in or may relay', async () => {
    const client = await gateway.client('203.0.113.9')
    assert.match(await client.send('EHLO signed-in.example'), /^250/)
    assert.match(await client.send('MAIL FROM:<anna@example.org>'), /^250/)
    assert.match(await client.send('RCPT TO:<bob@here.test>'), /^250/)
    client.close()
    // Relaying recipients are no next hop's; what matters here is that no list refuses them.
    assert.doesNotMatch(await send('203.0.113.9', 'bob@here.test', 'relay.example'), /listed/)
  })

  it('lets listed clients reach postmaster and abuse', async () => {
    assert.match(await send('203.0.113.9', 'postmaster@here.test'), /^250 /)
    assert.match(await send('203.0.113.9', 'Abuse@here.test'), /^250 /)
  })

  it('judges every recipient, transaction and pipelined command of a session alike', async () => {
    const client = await gateway.client('203.0.113.9')
    await client.send('EHLO client.example.org')
    for (let transaction = 0; transaction < 3; transaction++) {
      assert.match(await client.send('MAIL FROM:<anna@example.org>'), /^250/)
      assert.match(await client.send('RCPT TO:<bob@here.test>'), /^550 5\.7\.1/)
      assert.match(await client.send('RCPT TO:<postmaster@here.test>'), /^250/)
      assert.match(await client.send('RSET'), /^250/)
    }
    client.write(
      'MAIL FROM:<anna@example.org>\r\nRCPT TO:<bob@here.test>\r\nRCPT TO:<eve@here.test>\r\nRSET\r\n',
    )
    const replies = [await client.reply(), await client.reply(), await client.reply(), await client.reply()]
    assert.deepEqual(
      replies.map((reply) => reply.slice(0, 3)),
      ['250', '550', '550', '250'],
    )
    client.close()
  })

  it('starts lookups at connect, and keeps nobody waiting for them before RCPT', async () => {
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    dns.setHandler(async (query) => {
      if (query.name.endsWith('.bl.test')) await released
      return zones(query)
    })
    const client = await gateway.client('198.51.100.31')
    await eventually('the lookup', () => asked('31.100.51.198.bl.test').length)
    assert.match(await client.send('EHLO client.example.org'), /^250/)
    assert.match(await client.send('MAIL FROM:<anna@example.org>'), /^250/)
    const reply = client.send('RCPT TO:<bob@here.test>')
    release()
    assert.match(await reply, /^250/)
    client.close()
  })

  it('keeps a provider key out of replies, logs and files that others may read', async () => {
    gateway.writeConfig('gateway.secrets.yaml', 'providers: { abusix: { key: secretkey } }\n')
    await gateway.changeSettings(
      settings({ providers: { abusix: { zone: 'abusix.test' } }, ip_blocklists: { abusix: ['combined'] } }),
    )
    const reply = await eventually('the list to be asked', async () => {
      const answer = await send('203.0.113.9')
      return answer.startsWith('550') ? answer : undefined
    })
    assert.match(reply, /is listed in Abusix/)
    assert.equal(asked('9.113.0.203.secretkey.combined.abusix.test').length > 0, true)
    assert.doesNotMatch(reply + gateway.log(), /secretkey/)
  })

  it('suspends a list that does not answer, for all workers, says so once, and takes mail meanwhile', async () => {
    dns.setHandler((query) => (query.name.endsWith('.silent.test') ? { drop: true } : zones(query)))
    await gateway.changeSettings(
      settings({
        ip_blocklists: { custom: [{ zone: 'silent.test' }, { zone: 'bl.test', name: 'Example BL' }] },
      }),
    )
    await gateway.logged(/silent\.test.* is not asked for now/)
    assert.match(await send('198.51.100.40'), /^250 /)
    dns.queries.length = 0
    for (let session = 0; session < 6; session++) {
      assert.match(await send(`198.51.100.5${session}`), /^250 /)
      assert.match(await send('203.0.113.9'), /^550 /)
    }
    assert.deepEqual(asked('.silent.test'), [])
    assert.equal(gateway.log().match(/silent\.test.* is not asked for now/g)?.length, 1)
  })

  it('never takes an error code for a listing', async () => {
    dns.setHandler((query) =>
      query.name.endsWith('.zen.spamhaus.org')
        ? { answers: [{ type: 'A', value: '127.255.255.254', ttl: 60 }] }
        : zones(query),
    )
    await gateway.changeSettings(settings({ ip_blocklists: { custom: ['zen.spamhaus.org'] } }))
    assert.match(await gateway.logged(/Spamhaus ZEN.* is not asked for now/), /public/)
    assert.match(await send('198.51.100.60'), /^250 /)
  })

  it('takes mail when no DNS server answers, and says that once', async () => {
    dns.setHandler(() => ({ drop: true }))
    await gateway.changeSettings({ ...standard(), dns: { servers: [dns.address], timeout: 300 } })
    for (let session = 0; session < 4; session++) assert.match(await send(`198.51.100.7${session}`), /^250 /)
    dns.setHandler(zones)
    await eventually('lookups to work again', async () => (await send('203.0.113.9')).startsWith('550'))
  })
})
