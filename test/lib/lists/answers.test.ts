import assert from 'node:assert/strict'
import type { DnsAnswer } from '../../../plugins/lib/dns/types'
import { readAnswer, type Outcome } from '../../../plugins/lib/lists/answers'
import { findKeyedList, keyedLists, publicLists, type KnownList } from '../../../plugins/lib/lists/catalogue'
import { defaultList } from '../../../plugins/lib/lists/catalogue/default-list'
import { createCodeTable, type CodeOverrides } from '../../../plugins/lib/lists/code-table'
import type { ListKind } from '../../../plugins/lib/lists/types'
import { nxdomain, records } from './support'

const allLists: readonly KnownList[] = [...publicLists, ...Object.values(keyedLists).flat()]

function known(zone: string, kind: ListKind): KnownList {
  const list = publicLists.find((each) => each.zone === zone && each.kinds.includes(kind))
  assert(list, `${zone} for ${kind}`)
  return list
}

function read(list: KnownList, ...addresses: string[]): Outcome {
  return readAnswer(records(...addresses), createCodeTable(list))
}

/** `reject: meaning`, one for each meaning; `clear`; or `fault: reason`. */
function write(outcome: Outcome): string {
  if (outcome.kind === 'listed') {
    return outcome.codes.map(({ action, meaning }) => `${action}: ${meaning}`).join(' + ')
  }
  return outcome.kind === 'clear' ? 'clear' : `${outcome.kind}: ${outcome.reason}`
}

/** An answer that a line of a table speaks of. */
function sample(code: string): string {
  return code
    .split('.')
    .map((part) => part.replace(/^x$/, '7').replace('&', '').replace(/-.*/, ''))
    .join('.')
}

describe('answers of lists in the catalogue', () => {
  for (const list of allLists) {
    it(`${list.name} (${list.zone}): every code is a listing with its meaning, every error code a fault`, () => {
      for (const { code, meaning, action } of list.codes) {
        assert.equal(write(read(list, sample(code))), `${action}: ${meaning}`, code)
      }
      for (const { code, reason } of list.errors) {
        const outcome = read(list, sample(code), '127.0.0.2')
        assert.equal(outcome.kind, 'fault', code)
        assert(write(outcome).includes(reason))
      }
      assert.equal(readAnswer(nxdomain, createCodeTable(list)).kind, 'clear')
      assert.equal(read(list, '93.184.216.34').kind, 'fault')
    })
  }

  it('mean what the providers document', () => {
    const cases: [zone: string, kind: ListKind, answer: string, outcome: RegExp][] = [
      ['zen.spamhaus.org', 'ip_blocklist', '127.0.0.2', /^reject: SBL/],
      ['zen.spamhaus.org', 'ip_blocklist', '127.0.0.3', /^reject: CSS/],
      ['zen.spamhaus.org', 'ip_blocklist', '127.0.0.4', /^reject: XBL/],
      ['zen.spamhaus.org', 'ip_blocklist', '127.0.0.9', /^reject: DROP/],
      ['zen.spamhaus.org', 'ip_blocklist', '127.0.0.11', /^reject: PBL/],
      ['zen.spamhaus.org', 'ip_blocklist', '127.0.0.30', /^reject: BCL/],
      ['zen.spamhaus.org', 'ip_blocklist', '127.0.0.20', /^clear$/],
      ['zen.spamhaus.org', 'ip_blocklist', '127.0.0.99', /^clear$/],
      ['zen.spamhaus.org', 'ip_blocklist', '127.0.0.1', /^fault/],
      ['zen.spamhaus.org', 'ip_blocklist', '127.255.255.252', /^fault: .*misspelt/],
      ['zen.spamhaus.org', 'ip_blocklist', '127.255.255.254', /^fault: .*public resolver/],
      ['zen.spamhaus.org', 'ip_blocklist', '127.255.255.255', /^fault: .*too many queries/],
      ['zen.spamhaus.org', 'ip_blocklist', '127.255.255.250', /^fault: .*key/],
      ['sbl.spamhaus.org', 'ip_blocklist', '127.0.0.10', /^clear$/],
      ['dbl.spamhaus.org', 'domain_blocklist', '127.0.1.2', /^reject: domain of low reputation/],
      ['dbl.spamhaus.org', 'domain_blocklist', '127.0.1.103', /^reject: redirector/],
      ['dbl.spamhaus.org', 'domain_blocklist', '127.0.1.255', /^fault: .*IP address/],
      ['dbl.spamhaus.org', 'domain_blocklist', '127.0.0.2', /^clear$/],
      ['multi.uribl.com', 'uri_blocklist', '127.0.0.2', /^reject: black[^+]*$/],
      ['multi.uribl.com', 'uri_blocklist', '127.0.0.4', /^score: grey[^+]*$/],
      ['multi.uribl.com', 'uri_blocklist', '127.0.0.14', /^reject: black.* \+ score: grey.* \+ note: red/],
      ['multi.uribl.com', 'uri_blocklist', '127.0.0.1', /^fault: .*refuses/],
      ['multi.uribl.com', 'uri_blocklist', '127.0.0.3', /^fault/],
      ['multi.surbl.org', 'uri_blocklist', '127.0.0.72', /^reject: phishing \+ reject: found in spam$/],
      ['multi.surbl.org', 'uri_blocklist', '127.201.17.16', /^reject: malware$/],
      ['multi.surbl.org', 'uri_blocklist', '127.0.0.1', /^fault: .*refuses/],
      ['list.dnswl.org', 'ip_allowlist', '127.0.5.3', /^allow: .*high trust/],
      ['list.dnswl.org', 'ip_allowlist', '127.0.0.255', /^fault: .*subscription/],
      ['hostkarma.junkemailfilter.com', 'ip_allowlist', '127.0.0.1', /^allow: white/],
      ['hostkarma.junkemailfilter.com', 'ip_blocklist', '127.0.0.1', /^note: white/],
      ['hostkarma.junkemailfilter.com', 'ip_blocklist', '127.0.0.2', /^reject: black/],
      ['bl.score.senderscore.com', 'ip_blocklist', '127.0.0.1', /^reject: infected/],
      ['b.barracudacentral.org', 'ip_blocklist', '127.0.0.2', /^reject: of poor reputation/],
      ['uribl.spameatingmonkey.net', 'domain_blocklist', '127.0.0.2', /^reject: found in spam/],
    ]
    for (const [zone, kind, answer, wanted] of cases) {
      assert.match(write(read(known(zone, kind), answer)), wanted, `${zone} ${answer}`)
    }
  })

  it('of providers with keys mean what their documentation says', () => {
    const cases: ['abusix' | 'spamhaus-dqs' | 'step3it', string, ListKind, string, RegExp][] = [
      ['abusix', 'combined', 'ip_blocklist', '127.0.0.200', /^reject: listed by hand/],
      ['abusix', 'combined', 'ip_blocklist', '127.0.0.12', /^reject: has no reverse name/],
      ['abusix', 'dblack', 'uri_blocklist', '127.0.1.3', /^reject: .*short link/],
      ['abusix', 'nod', 'domain_blocklist', '127.0.1.2', /^score: first seen/],
      ['abusix', 'white', 'ip_allowlist', '127.0.2.1', /^allow/],
      ['spamhaus-dqs', 'zrd', 'domain_blocklist', '127.0.2.5', /^score: .*less than 5 hours/],
      ['spamhaus-dqs', 'zrd', 'domain_blocklist', '127.0.2.255', /^fault: .*IP address/],
      ['spamhaus-dqs', 'authbl', 'ip_blocklist', '127.0.0.20', /^reject: AuthBL/],
      ['step3it', 'combined', 'ip_blocklist', '127.0.0.4', /^reject: infected/],
      ['step3it', 'combined', 'ip_blocklist', '127.0.0.77', /^reject: listed/],
      ['step3it', 'combined', 'domain_blocklist', '127.0.0.2', /^reject: listed/],
      ['step3it', 'nod', 'domain_blocklist', '127.0.0.2', /^score/],
      ['step3it', 'welcome', 'ip_allowlist', '127.0.0.2', /^allow/],
      ['step3it', 'welcome', 'ip_allowlist', '127.0.0.1', /^fault/],
    ]
    for (const [provider, name, kind, answer, wanted] of cases) {
      const list = findKeyedList(provider, name, kind)
      assert(list, `${provider} ${name}`)
      assert.match(write(read(list, answer)), wanted, `${provider} ${name} ${answer}`)
    }
  })
})

describe('answers of any list', () => {
  const unknown = defaultList('bl.example', 'ip_blocklist')

  it('count within 127.0.0.0/8, except 127.0.0.1 and 127.255.255.0/24', () => {
    for (const good of ['127.0.0.2', '127.0.1.1', '127.9.8.7']) {
      assert.equal(write(read(unknown, good)), 'reject: listed', good)
    }
    for (const bad of ['127.0.0.1', '127.255.255.254', '127.255.255.1', '10.0.0.1', '::1', 'x']) {
      assert.equal(read(unknown, bad).kind, 'fault', bad)
    }
  })

  it('are at fault when one record among listings is', () => {
    assert.equal(read(unknown, '127.0.0.2', '203.0.113.1').kind, 'fault')
  })

  it('may hold several codes, each counted once', () => {
    const zen = known('zen.spamhaus.org', 'ip_blocklist')
    const outcome = read(zen, '127.0.0.4', '127.0.0.2', '127.0.0.4')
    assert.match(write(outcome), /^reject: XBL[^+]*\+ reject: SBL[^+]*$/)
  })

  it('may hold ten thousand records', () => {
    const many = Array.from({ length: 10_000 }, (_, at) => `127.0.${(at >> 8) & 255}.${(at & 253) | 2}`)
    const outcome = read(unknown, ...many)
    assert(outcome.kind === 'listed' && outcome.codes.length <= 64)
  })

  it('that are no answer say so in plain words', () => {
    const table = createCodeTable(unknown)
    const cases: [DnsAnswer, string][] = [
      [{ kind: 'nodata', ttlSeconds: 1 }, 'clear'],
      [{ kind: 'timeout', timeoutMs: 3000 }, 'fault: gives no answer within 3000 ms'],
      [{ kind: 'failed', rcode: 'SERVFAIL' }, 'failed: the DNS server answers SERVFAIL'],
      [{ kind: 'unreachable' }, 'unreachable: no DNS server answers'],
    ]
    for (const [answer, wanted] of cases) assert.equal(write(readAnswer(answer, table)), wanted)
  })
})

describe('wishes of the operator about codes', () => {
  const zen = known('zen.spamhaus.org', 'ip_blocklist')
  const wish = (
    list: KnownList,
    answer: string,
    codes: CodeOverrides,
    action?: 'reject' | 'score' | 'note',
  ): string => write(readAnswer(records(...answer.split(' ')), createCodeTable(list, { codes, action })))

  it('change what single codes and ranges do', () => {
    const codes = { '127.0.0.10-11': 'note', '127.0.0.3': 'ignore' } as const
    assert.match(wish(zen, '127.0.0.10', codes), /^note: PBL/)
    assert.match(wish(zen, '127.0.0.11 127.0.0.4', codes), /^note: PBL.*\+ reject: XBL/)
    assert.equal(wish(zen, '127.0.0.3', codes), 'clear')
  })

  it('stand above the action of the list, which stands above the catalogue', () => {
    assert.match(wish(zen, '127.0.0.4', { '127.0.0.10': 'note' }, 'score'), /^score: XBL/)
    assert.match(wish(zen, '127.0.0.10', { '127.0.0.10': 'note' }, 'score'), /^note: PBL/)
  })

  it('never refuse the good of a list with good and bad codes', () => {
    const hostkarma = known('hostkarma.junkemailfilter.com', 'ip_blocklist')
    assert.match(wish(hostkarma, '127.0.0.1', {}, 'reject'), /^note: white/)
    assert.match(wish(hostkarma, '127.0.0.4', {}, 'reject'), /^reject: brown/)
  })

  it('make a listing of a code that the table does not know', () => {
    assert.equal(wish(zen, '127.0.0.99', { '127.0.0.99': 'score' }), 'score: listed')
  })

  it('name a single bit of a bitmask list', () => {
    const uribl = known('multi.uribl.com', 'uri_blocklist')
    assert.match(wish(uribl, '127.0.0.6', { '127.0.0.4': 'ignore' }), /^reject: black[^+]*$/)
    assert.equal(wish(uribl, '127.0.0.4', { '127.0.0.4': 'ignore' }), 'clear')
  })

  it('let an unknown list answer 127.0.0.1 only when they say so', () => {
    const unknown = defaultList('bl.example', 'ip_blocklist')
    assert.match(wish(unknown, '127.0.0.1', {}), /^fault/)
    assert.equal(wish(unknown, '127.0.0.1', { '127.0.0.1': 'note' }), 'note: listed')
  })
})
