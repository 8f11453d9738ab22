import assert from 'node:assert/strict'
import { parseListFile, type ListFile } from '../../../plugins/lib/lists/list-file'

function parse(...lines: string[]): Promise<ListFile> {
  return parseListFile(Buffer.from(lines.join('\n')))
}

function findIp({ entries }: ListFile, ip: string): string | undefined {
  return entries.find({ kind: 'ip', ip })
}

function findName({ entries }: ListFile, name: string): string | undefined {
  return entries.find({ kind: 'name', name })
}

describe('list files', () => {
  it('hold addresses and networks of both families, the most specific found first', async () => {
    const file = await parse(
      '192.0.2.1',
      '198.51.100.0/24',
      '198.51.100.128/25',
      '2001:db8::1',
      '2001:DB8:5::/48',
      '::ffff:203.0.113.7',
      '::ffff:203.0.113.64/122',
    )
    const cases: [ip: string, entry: string | undefined][] = [
      ['192.0.2.1', '192.0.2.1'],
      ['192.0.2.2', undefined],
      ['198.51.100.1', '198.51.100.0/24'],
      ['198.51.100.200', '198.51.100.128/25'],
      ['198.51.101.0', undefined],
      ['2001:db8::1', '2001:db8::1'],
      ['2001:db8::2', undefined],
      ['2001:db8:5:ffff::9', '2001:db8:5::/48'],
      ['2001:db8:6::', undefined],
      ['203.0.113.7', '203.0.113.7'],
      ['::ffff:203.0.113.7', '203.0.113.7'],
      ['203.0.113.100', '203.0.113.64/26'],
    ]
    for (const [ip, entry] of cases) assert.equal(findIp(file, ip), entry, ip)
    assert.equal(file.badLineCount, 0)
    assert.equal(file.entries.size, 7)
  })

  it('take a network by its prefix, whatever bits stand after it', async () => {
    const file = await parse('192.0.2.99/24', '0.0.0.0/0', '::/0')
    assert.equal(findIp(file, '192.0.2.1'), '192.0.2.0/24')
    assert.equal(findIp(file, '8.8.8.8'), '0.0.0.0/0')
    assert.equal(findIp(file, '2001:db8::1'), '::/0')
  })

  it('hold names that match exactly, and .domain for a domain and all below it', async () => {
    const file = await parse(
      'Mail.Example.COM',
      '.bad.example',
      'münchen.de',
      '.bücher.example',
      'dot.example.',
    )
    const cases: [name: string, entry: string | undefined][] = [
      ['mail.example.com', 'mail.example.com'],
      ['a.mail.example.com', undefined],
      ['example.com', undefined],
      ['bad.example', '.bad.example'],
      ['a.b.bad.example', '.bad.example'],
      ['notbad.example', undefined],
      ['xn--mnchen-3ya.de', 'xn--mnchen-3ya.de'],
      ['www.xn--bcher-kva.example', '.xn--bcher-kva.example'],
      ['dot.example', 'dot.example'],
    ]
    for (const [name, entry] of cases) assert.equal(findName(file, name), entry, name)
    assert.equal(file.badLineCount, 0)
  })

  it('may have comments, blank lines, spaces, CRLF and a byte order mark', async () => {
    const file = await parse(
      '\ufeff192.0.2.1\r',
      '# a comment\r',
      '\r',
      '   ',
      '\t192.0.2.2 # sent spam\r',
      'a.example#x',
      '',
    )
    assert.equal(file.badLineCount, 0)
    assert.equal(file.entries.size, 3)
    for (const ip of ['192.0.2.1', '192.0.2.2']) assert.equal(findIp(file, ip), ip)
    assert.equal(findName(file, 'a.example'), 'a.example')
  })

  it('are used without their bad lines, which are named with what would be right', async () => {
    const cases: [line: string, problem: RegExp][] = [
      ['192.0.2.256', /is no address, CIDR, hostname or \.domain/],
      ['192.0.2.1/33', /is no address/],
      ['192.0.02.1', /is no address/],
      ['192.0.2', /is no address/],
      ['192.0.2.1 192.0.2.2', /is no address/],
      ['2001:db8::/129', /is no address/],
      ['2001:db8:::1', /is no address/],
      ['*.example.com', /right would be \.example\.com/],
      ['https://example.com/x', /is a link; right would be example\.com/],
      ['anna@example.com', /is a mail address; right would be example\.com/],
      ['..example.com', /is no address/],
      ['a..b', /is no address/],
      [`${'a'.repeat(64)}.example`, /is no address/],
      ['x\u0000y\u001b[31m', /^x\?y\?\[31m is no address/],
    ]
    for (const [line, problem] of cases) {
      const file = await parse('# first', line, '192.0.2.1')
      assert.equal(file.badLineCount, 1, line)
      assert.equal(file.badLines[0]?.line, 2)
      assert.match(file.badLines[0].problem, problem)
      assert.equal(file.entries.size, 1)
    }
  })

  it('full of bad lines keep the first few and their number', async () => {
    const file = await parse(...Array.from({ length: 1000 }, (_, at) => `!${at}`), `${'x'.repeat(5000)}!`)
    assert.equal(file.badLineCount, 1001)
    assert.deepEqual(
      file.badLines.map(({ line }) => line),
      [1, 2, 3, 4, 5],
    )
  })

  it('find nothing for names that are too long', async () => {
    assert.equal(findName(await parse('.example'), `${'a.'.repeat(500)}example`), undefined)
  })

  it('of a million entries of all kinds find each one', async function () {
    this.timeout(60_000)
    const ip = (at: number): string => `${10 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}.${(at * 7) & 255}`
    const hex = (value: number): string => (1 + value).toString(16)
    const ip6 = (at: number): string => `2001:db8:${hex(at >> 12)}:${hex(at & 0xfff)}::7`
    const name = (at: number): string => `host-${at.toString(36)}.example`
    const lines = Array.from({ length: 1_000_000 }, (_, at) =>
      at % 4 === 0 ? ip6(at) : at % 4 === 1 ? name(at) : ip(at),
    )
    const file = await parse(lines.join('\n'))
    assert.equal(file.entries.size, 1_000_000)
    assert.equal(file.badLineCount, 0)
    for (let at = 0; at < 1_000_000; at += 997) {
      const line = lines[at] ?? ''
      assert.equal(at % 4 === 1 ? findName(file, line) : findIp(file, line), line)
    }
    assert.equal(findName(file, 'host-zzzzzz.example'), undefined)
    assert.equal(findIp(file, '9.0.0.1'), undefined)
  })
})
