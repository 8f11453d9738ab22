import assert from 'node:assert/strict'
import { createQuestion, decodeReply, encodeQuery, type QueryType } from '../../../plugins/lib/dns/codec'
import { decodeQuery, encodeReply, type Reply } from '../../support/dns-message'
import { createRandom } from '../../support/random'

function ask(name: string, type: QueryType) {
  const question = createQuestion(name, type)
  assert.ok(question)
  const query = decodeQuery(encodeQuery(4711, question, true))
  assert.ok(query)
  return {
    question,
    query,
    decode: (reply: Reply) => decodeReply(encodeReply(reply, query), question),
  }
}

describe('DNS codec', () => {
  it('encodes a query as a server reads it, with and without EDNS', () => {
    const { question, query } = ask('2.0.0.127.bl.test', 'A')
    assert.deepEqual(query, {
      id: 4711,
      name: '2.0.0.127.bl.test',
      type: 'A',
      typeCode: 1,
      edns: true,
      maxBytes: 1232,
    })
    assert.equal(decodeQuery(encodeQuery(1, question, false))?.edns, false)
  })

  it('decodes A, AAAA, PTR, TXT and MX', () => {
    const cases = [
      ['A', '192.0.2.255', '192.0.2.255'],
      ['AAAA', '2001:db8:0:0:0:0:0:1', '2001:db8::1'],
      ['AAAA', '::ffff:7f00:2', '::ffff:127.0.0.2'],
      ['PTR', 'Mail.Example.COM', 'mail.example.com'],
    ] as const
    for (const [type, value, expected] of cases) {
      assert.deepEqual(ask('a.test', type).decode({ answers: [{ type, value, ttl: 30 }] }), {
        kind: 'answer',
        answer: { kind: 'records', records: [expected], ttlSeconds: 30 },
      })
    }
    const texts = { type: 'TXT' as const, value: ['strings of one record ', 'are joined'] }
    assert.deepEqual(ask('a.test', 'TXT').decode({ answers: [texts] }), {
      kind: 'answer',
      answer: { kind: 'records', records: ['strings of one record are joined'], ttlSeconds: 300 },
    })
    const exchange = { type: 'MX' as const, value: 'Mail.Example.COM', preference: 300 }
    assert.deepEqual(ask('a.test', 'MX').decode({ answers: [exchange] }), {
      kind: 'answer',
      answer: { kind: 'records', records: ['300 mail.example.com'], ttlSeconds: 300 },
    })
  })

  it('follows aliases in any order, and takes the lowest TTL', () => {
    const answers: Reply['answers'] = [
      { type: 'A', name: 'c.test', value: '192.0.2.3', ttl: 50 },
      { type: 'CNAME', name: 'b.test', value: 'C.test', ttl: 40 },
      { type: 'A', name: 'foreign.test', value: '192.0.2.9', ttl: 1 },
      { type: 'CNAME', name: 'a.test', value: 'b.test', ttl: 60 },
    ]
    assert.deepEqual(ask('a.test', 'A').decode({ answers }), {
      kind: 'answer',
      answer: { kind: 'records', records: ['192.0.2.3'], ttlSeconds: 40 },
    })
  })

  it('ends at aliases that go in a circle', () => {
    const answers: Reply['answers'] = [
      { type: 'CNAME', name: 'a.test', value: 'b.test' },
      { type: 'CNAME', name: 'b.test', value: 'a.test' },
    ]
    const reply = ask('a.test', 'A').decode({ answers })
    assert.deepEqual(reply, { kind: 'answer', answer: { kind: 'nodata', ttlSeconds: 0 } })
  })

  it('finds aliases of names that no host has', () => {
    const answers: Reply['answers'] = [
      { type: 'CNAME', value: '1.0/25.2.0.192.in-addr.arpa' },
      { type: 'PTR', name: '1.0/25.2.0.192.in-addr.arpa', value: 'mail.test' },
    ]
    for (const name of ['1.2.0.192.in-addr.arpa', '1.0/26.2.0.192.in-addr.arpa']) {
      const reply = ask(name, 'PTR').decode({ answers })
      assert.equal(reply?.kind === 'answer' && reply.answer.kind, 'records')
    }
  })

  it('shows bytes of a label that could pass for a dot or a line end as numbers', () => {
    const answers = [{ type: 'TXT' as const, value: 'x' }]
    const { question, query } = ask('a.test', 'PTR')
    const message = encodeReply({ answers }, query)
    // The TXT record becomes a PTR to one label `a.b\n`.
    const data = Buffer.from([4, 0x61, 0x2e, 0x62, 0x0a, 0])
    const start = message.length - 2
    message.writeUInt16BE(12, start - 10)
    message.writeUInt16BE(data.length, start - 2)
    const reply = decodeReply(Buffer.concat([message.subarray(0, start), data]), question)
    assert.deepEqual(reply, {
      kind: 'answer',
      answer: { kind: 'records', records: ['a\\046b\\010'], ttlSeconds: 300 },
    })
  })

  it('takes the negative TTL from the SOA: the lower of its TTL and its minimum, none without it', () => {
    const { decode } = ask('a.test', 'A')
    const cases = [
      [{ ttl: 100, minimum: 30 }, 30],
      [{ ttl: 20, minimum: 30 }, 20],
      [{ ttl: 4_000_000, minimum: 3_000_000 }, 86_400],
      [{ ttl: 100, minimum: 0xffffffff }, 0],
      [undefined, 0],
    ] as const
    for (const [soa, ttlSeconds] of cases) {
      const reply = { ...(soa && { soa }) }
      assert.deepEqual(decode({ ...reply, rcode: 'NXDOMAIN' }), {
        kind: 'answer',
        answer: { kind: 'nxdomain', ttlSeconds },
      })
      assert.deepEqual(decode(reply), { kind: 'answer', answer: { kind: 'nodata', ttlSeconds } })
    }
  })

  it('names the code of a failure', () => {
    assert.deepEqual(ask('a.test', 'A').decode({ rcode: 'SERVFAIL' }), { kind: 'failed', rcode: 'SERVFAIL' })
    assert.deepEqual(ask('a.test', 'A').decode({ rcode: 'REFUSED' }), { kind: 'failed', rcode: 'REFUSED' })
  })

  it('compares the question without regard to case, and with nothing else', () => {
    const { question, query } = ask('a.test', 'A')
    const reply = encodeReply({ rcode: 'SERVFAIL' }, { ...query, name: 'A.TEST' })
    assert.equal(decodeReply(reply, question)?.kind, 'failed')
    for (const other of [
      { ...query, name: 'b.test' },
      { ...query, name: 'a.test.test' },
      { ...query, name: '.' },
      { ...query, typeCode: 28 },
    ]) {
      assert.equal(decodeReply(encodeReply({ rcode: 'SERVFAIL' }, other), question), undefined)
    }
    assert.equal(decodeReply(encodeQuery(4711, question, true), question), undefined)
  })

  it('keeps 64 of thousands of records', () => {
    const answers = Array.from({ length: 10_000 }, () => ({ type: 'A' as const, value: '127.0.0.2' }))
    const reply = ask('a.test', 'A').decode({ answers })
    assert.equal(
      reply?.kind === 'answer' && reply.answer.kind === 'records' && reply.answer.records.length,
      64,
    )
  })

  it('takes a record with data of the wrong length for none', () => {
    const { question, query } = ask('a.test', 'A')
    const message = encodeReply({ answers: [{ type: 'A', value: '127.0.0' }] }, query)
    assert.equal(decodeReply(message, question), undefined)
  })

  it('makes questions of names that DNS can hold only', () => {
    const label = 'a'.repeat(63)
    const longest = `${label}.${label}.${label}.${'a'.repeat(61)}`
    assert.equal(longest.length, 253)
    assert.ok(createQuestion(longest, 'A'))
    assert.ok(createQuestion('_dmarc.xn--mnchen-3ya.de', 'TXT'))
    for (const name of [
      `${longest}a`,
      `a${label}.test`,
      'a..test',
      '.test',
      'test.',
      'a b',
      'münchen.de',
      'a\n',
    ]) {
      assert.equal(createQuestion(name, 'A'), undefined, JSON.stringify(name))
    }
  })

  it('decodes 40,000 mutated answers without throwing, and never more than 64 records', () => {
    const share = createRandom(20260731)
    const random = (below: number): number => Math.floor(share() * below)
    const seeds = createFuzzSeeds()
    for (let round = 0; round < 40_000; round++) {
      const [question, original] = seeds[round % seeds.length] ?? assert.fail()
      const message = mutate(original, random)
      const reply = decodeReply(message, question)
      if (reply?.kind !== 'answer' || reply.answer.kind !== 'records') continue
      assert.ok(reply.answer.records.length <= 64)
      assert.ok(reply.answer.ttlSeconds >= 0 && reply.answer.ttlSeconds <= 86_400)
    }
  })
})

function createFuzzSeeds() {
  const replies: [QueryType, Reply][] = [
    ['A', { answers: [{ type: 'CNAME', value: 'b.test' }, { type: 'A', name: 'b.test', value: '127.0.0.2' }] }], // prettier-ignore
    ['AAAA', { answers: [{ type: 'AAAA', value: '2001:db8::1' }], soa: {} }],
    ['PTR', { answers: [{ type: 'PTR', value: 'mail.example.com' }] }],
    ['TXT', { answers: [{ type: 'TXT', value: ['one', 'two'] }] }],
    ['A', { rcode: 'NXDOMAIN', soa: {} }],
  ]
  return replies.map(([type, reply]) => {
    const { question, query } = ask('a.test', type)
    return [question, encodeReply(reply, query)] as const
  })
}

/** Some bytes after the question changed, half of them to pointers and lengths; sometimes cut or lengthened. */
function mutate(original: Buffer, random: (below: number) => number): Buffer {
  const message = Buffer.concat([original, Buffer.alloc(random(4) === 0 ? random(40) : 0)])
  const telling = [0x00, 0x3f, 0x40, 0xc0, 0xff]
  const start = random(4) === 0 ? 0 : 24
  for (let count = 1 + random(6); count > 0; count--) {
    const at = Math.min(start + random(message.length - start), message.length - 1)
    message[at] = random(2) === 0 ? random(256) : (telling[random(telling.length)] ?? 0)
  }
  return random(4) === 0 ? message.subarray(0, random(message.length)) : message
}
