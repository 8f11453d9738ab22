import assert from 'node:assert/strict'
import type { DnsAnswer } from '../../../plugins/lib/dns/types'
import { configuredLists, type DnsList } from '../../../plugins/lib/lists/configured'
import { probeList } from '../../../plugins/lib/lists/probe'
import { createScriptedResolver, parseSecrets, parseSettings, records } from './support'

function list(settings: object, secrets: object = {}): DnsList {
  const [first] = configuredLists(parseSettings(settings), parseSecrets(secrets))
  assert(first?.source === 'dns')
  return first
}

const zen = list({ ip_blocklists: { custom: ['zen.spamhaus.org'] } })
const custom = list({ ip_blocklists: { custom: ['bl.example'] } })
const dbl = list({ domain_blocklists: { custom: ['dbl.spamhaus.org'] } })
const monkey = list({ domain_blocklists: { custom: ['uribl.spameatingmonkey.net'] } })
const dqs = list(
  { ip_blocklists: { 'spamhaus-dqs': ['zen'] } },
  { providers: { 'spamhaus-dqs': { key: 'thekey' } } },
)

async function probe(tested: DnsList, answers: Record<string, DnsAnswer>): Promise<string> {
  const result = await probeList(tested, createScriptedResolver(answers))
  return result.kind === 'failed' ? result.reason : `${result.kind} ${JSON.stringify(result)}`
}

describe('tests of lists', () => {
  it('pass when the positive test entry is listed and the negative is not', async () => {
    const passes = /^passed .*"noTestEntry":false/
    assert.match(
      await probe(zen, { '2.0.0.127.zen.spamhaus.org': records('127.0.0.4', '127.0.0.10') }),
      passes,
    )
    assert.match(await probe(dbl, { 'test.dbl.spamhaus.org': records('127.0.1.2') }), passes)
    assert.match(
      await probe(monkey, { '_dnsbl_.test.uribl.spameatingmonkey.net': records('127.0.0.2') }),
      passes,
    )
    assert.match(await probe(dqs, { '2.0.0.127.thekey.zen.dq.spamhaus.net': records('127.0.0.2') }), passes)
  })

  it('ask past the cache, and a list of names never about addresses', async () => {
    const resolver = createScriptedResolver()
    await probeList(dbl, resolver)
    assert.deepEqual(resolver.asked, [
      { name: 'invalid.dbl.spamhaus.org', fresh: true },
      { name: 'test.dbl.spamhaus.org', fresh: true },
    ])
  })

  it('fail for a known list without its test entry, and only note it for an unknown one', async () => {
    assert.match(await probe(zen, {}), /^does not list its test entry 127\.0\.0\.2$/)
    assert.match(await probe(custom, {}), /^passed .*"noTestEntry":true/)
  })

  it('fail for a list that lists everything', async () => {
    const resolver = createScriptedResolver()
    resolver.always = records('127.0.0.2')
    for (const tested of [zen, custom]) {
      const result = await probeList(tested, resolver)
      assert(result.kind === 'failed')
      assert.match(result.reason, /^lists its negative test entry 127\.0\.0\.1/)
    }
  })

  it('fail with the reason for error codes, answers outside 127.0.0.0/8 and silence', async () => {
    const cases: [DnsAnswer, RegExp][] = [
      [records('127.255.255.254'), /public resolver/],
      [records('203.0.113.80'), /may have expired/],
      [{ kind: 'timeout', timeoutMs: 3000 }, /no answer within 3000 ms/],
      [{ kind: 'failed', rcode: 'SERVFAIL' }, /SERVFAIL: its name servers are broken/],
    ]
    for (const [answer, reason] of cases) {
      assert.match(await probe(zen, { '1.0.0.127.zen.spamhaus.org': answer }), reason)
      assert.match(await probe(zen, { '2.0.0.127.zen.spamhaus.org': answer }), reason)
    }
  })

  it('explain a provider that refuses: the key, or its contract', async () => {
    const refusal = { kind: 'failed', rcode: 'SERVFAIL' } as const
    assert.match(
      await probe(dqs, { '1.0.0.127.thekey.zen.dq.spamhaus.net': refusal }),
      /SERVFAIL: the key may be wrong, or its contract does not include this list$/,
    )
  })

  it('say nothing about the list when no DNS server answers', async () => {
    const resolver = createScriptedResolver()
    resolver.always = { kind: 'unreachable' }
    assert.deepEqual(await probeList(zen, resolver), { kind: 'inconclusive' })
  })

  it('count a test entry whose code the operator ignores', async () => {
    const entry = { zone: 'bl.example', codes: { '127.0.0.2': 'ignore' } }
    const ignoring = list({ ip_blocklists: { custom: [entry] } })
    assert.match(
      await probe(ignoring, { '2.0.0.127.bl.example': records('127.0.0.2') }),
      /^passed .*"noTestEntry":false/,
    )
  })
})
