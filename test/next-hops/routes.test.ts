import assert from 'node:assert/strict'
import { nextHopName, routeOf, type Route } from '../../plugins/next-hops/routes'
import type { SmtpNextHop } from '../../plugins/lib/settings/schema'

const hop = (host: string | string[], options: Partial<SmtpNextHop> = {}): SmtpNextHop => ({
  host,
  port: 25,
  tls: 'opportunistic',
  timeout: 60,
  queue: false,
  ...options,
})

const nextHops = {
  'example.com': hop('a.test'),
  '.example.com': hop('b.test'),
  '.deep.example.com': hop('c.test'),
  'xn--bcher-kva.example': { maildir: 'mail/books' },
}
const domainFor = (host: string): string | undefined => routeOf(nextHops, host)?.domain

describe('The route of a recipient', () => {
  it('is the entry of its domain', () => {
    assert.equal(domainFor('example.com'), 'example.com')
  })

  it('is the same in any case, as U-labels, and with a dot at the end', () => {
    assert.equal(domainFor('Example.COM.'), 'example.com')
    assert.equal(domainFor('BÜCHER.example'), 'xn--bcher-kva.example')
  })

  it('is the closest .domain above it otherwise', () => {
    assert.equal(domainFor('x.example.com'), '.example.com')
    assert.equal(domainFor('deep.example.com'), '.example.com')
    assert.equal(domainFor('a.b.deep.example.com'), '.deep.example.com')
  })

  it('is missing for everybody else', () => {
    for (const host of [
      'example.org',
      'notexample.com',
      'com',
      '',
      'constructor',
      '__proto__',
      '[192.0.2.1]',
      'a b',
    ]) {
      assert.equal(domainFor(host), undefined, host)
    }
  })
})

describe('A transaction', () => {
  const name = (domain: string, nextHop: Route['nextHop']): string => nextHopName({ domain, nextHop })

  it('may hold recipients of two domains with the same hosts', () => {
    assert.equal(name('example.com', hop('a.test')), name('example.org', hop(['a.test'], { timeout: 10 })))
    assert.equal(name('example.com', { maildir: 'm' }), name('example.org', { maildir: 'm' }))
  })

  it('is kept apart where hosts, port, TLS or sign-in differ', () => {
    const base = hop('a.test')
    const auth = { auth: { user: 'u' } }
    const others: [string, Route['nextHop']][] = [
      ['example.com', hop(['a.test', 'b.test'])],
      ['example.com', hop('a.test', { port: 26 })],
      ['example.com', hop('a.test', { tls: 'required' })],
      ['example.com', hop('a.test', auth)],
      ['example.com', { maildir: 'a.test' }],
    ]
    for (const [domain, nextHop] of others) assert.notEqual(name(domain, nextHop), name('example.com', base))
    assert.notEqual(name('example.com', hop('a.test', auth)), name('example.org', hop('a.test', auth)))
  })
})
