import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import {
  configuredLists,
  createHealth,
  createListEngine,
  explainListing,
  judge,
  queriedName,
  type Finding,
  type Health,
  type Item,
  type ListEngine,
} from '../../../plugins/lib/lists'
import {
  createRecordedLog,
  createScriptedResolver,
  createTestTime,
  parseSecrets,
  parseSettings,
  records,
  type RecordedLog,
  type ScriptedResolver,
  type TestTime,
} from './support'

const ip = (text: string): Item => ({ kind: 'ip', ip: text })
const name = (text: string): Item => ({ kind: 'name', name: text })

/** `kind action` of each finding, by the name of its list. */
function summary(findings: readonly Finding[]): Record<string, string> {
  return Object.fromEntries(
    findings.map((finding) => [
      finding.list,
      finding.kind === 'listed' ? `listed ${finding.action}` : finding.kind,
    ]),
  )
}

describe('the list engine', () => {
  let folder: string
  let time: TestTime
  let log: RecordedLog
  let resolver: ScriptedResolver
  let health: Health
  let engine: ListEngine

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lists-'))
    mkdirSync(join(folder, 'lists'))
    time = createTestTime()
    log = createRecordedLog()
    resolver = createScriptedResolver()
    health = createHealth({ clock: time.clock, after: time.after, log, retestMs: 300_000 })
    engine = createListEngine({
      resolver,
      health,
      clock: time.clock,
      log,
      configDir: folder,
      hostname: 'mx.gateway.test',
      pollMs: 5,
    })
  })

  afterEach(() => {
    engine.close()
    rmSync(folder, { recursive: true })
  })

  function configure(settings: object, secrets: object = {}): void {
    engine.configure(parseSettings(settings), parseSecrets(secrets))
  }

  it('asks all lists of the kind, and only those', async () => {
    configure({
      ip_blocklists: { custom: ['zen.spamhaus.org', 'bl.example'] },
      ip_allowlists: { custom: ['list.dnswl.org'] },
    })
    resolver.answers.set('9.2.0.192.zen.spamhaus.org', records('127.0.0.2'))
    resolver.answers.set('9.2.0.192.list.dnswl.org', records('127.0.5.2'))
    const blocked = await engine.check('ip_blocklist', ip('192.0.2.9'))
    assert.deepEqual(summary(blocked), { 'Spamhaus ZEN': 'listed reject', 'bl.example': 'clear' })
    const allowed = await engine.check('ip_allowlist', ip('::ffff:192.0.2.9'))
    assert.deepEqual(summary(allowed), { DNSWL: 'listed allow' })
    const [listing] = blocked
    assert(listing?.kind === 'listed')
    assert.equal(listing.lookupUrl, 'https://check.spamhaus.org/results/?query=192.0.2.9')
    const questions = resolver.asked.filter(({ fresh }) => !fresh)
    assert.equal(questions.length, 3)
    // Those that list it are asked for what they must not have, too.
    assert.equal(resolver.asked.length, 5)
  })

  it('asks IPv6 by nibbles, and skips lists that have no IPv6', async () => {
    configure({ ip_blocklists: { custom: ['zen.spamhaus.org', 'b.barracudacentral.org'] } })
    const findings = await engine.check('ip_blocklist', ip('2001:db8::1'))
    assert.deepEqual(summary(findings), { 'Spamhaus ZEN': 'clear', Barracuda: 'skipped' })
    assert.deepEqual(resolver.asked, [{ name: `1${'.0'.repeat(23)}.8.b.d.0.1.0.0.2.zen.spamhaus.org` }])
  })

  it('asks names in full or as registered domain, and addresses only of lists that take them', async () => {
    configure({
      domain_blocklists: { custom: ['dbl.spamhaus.org', 'multi.uribl.com', 'bl.example'] },
      uri_blocklists: { custom: ['multi.surbl.org', 'dbl.spamhaus.org'] },
    })
    await engine.check('domain_blocklist', name('Mail.Bad.co.UK'))
    assert.deepEqual(
      resolver.asked.map((question) => question.name),
      ['mail.bad.co.uk.dbl.spamhaus.org', 'bad.co.uk.multi.uribl.com', 'mail.bad.co.uk.bl.example'],
    )
    resolver.asked.length = 0
    const findings = await engine.check('uri_blocklist', ip('192.0.2.9'))
    assert.deepEqual(summary(findings), { SURBL: 'clear', 'Spamhaus DBL': 'skipped' })
    assert.deepEqual(resolver.asked, [{ name: '9.2.0.192.multi.surbl.org' }])
  })

  it('asks nothing about what is no address, no name, or too long', async () => {
    configure({ ip_blocklists: { custom: ['bl.example'] }, domain_blocklists: { custom: ['bl.example'] } })
    for (const [kind, item] of [
      ['ip_blocklist', ip('nonsense')],
      ['domain_blocklist', name('192.0.2.1')],
      ['domain_blocklist', name('a b')],
      ['domain_blocklist', name(`${'a'.repeat(60)}.`.repeat(4) + 'example')],
    ] as const) {
      assert.deepEqual(summary(await engine.check(kind, item)), { 'bl.example': 'skipped' })
    }
    assert.deepEqual(resolver.asked, [])
  })

  it('never asks a suspended list, and asks again when its test passes', async () => {
    configure({ ip_blocklists: { custom: ['zen.spamhaus.org'] } })
    resolver.answers.set('2.0.0.127.zen.spamhaus.org', records('127.0.0.2'))
    health.startTesting()
    await time.advance(0)
    resolver.answers.set('9.2.0.192.zen.spamhaus.org', records('127.255.255.254'))
    const [first] = await engine.check('ip_blocklist', ip('192.0.2.9'))
    assert(first?.kind === 'error')
    assert.match(first.reason, /^answers 127\.255\.255\.254: asked through a public resolver/)
    resolver.asked.length = 0
    const [second] = await engine.check('ip_blocklist', ip('192.0.2.10'))
    assert(second?.kind === 'skipped')
    assert.match(second.reason, /^suspended: answers 127\.255\.255\.254/)
    assert.deepEqual(resolver.asked, [])
    assert.equal(engine.lists()[0]?.state.kind, 'suspended')
    resolver.answers.set('9.2.0.192.zen.spamhaus.org', records('127.0.0.2'))
    await time.advance(300_000)
    assert.deepEqual(summary(await engine.check('ip_blocklist', ip('192.0.2.9'))), {
      'Spamhaus ZEN': 'listed reject',
    })
  })

  it('lets mail pass whatever the DNS does', async () => {
    configure({ ip_blocklists: { custom: ['bl.example'] } })
    for (const always of [
      { kind: 'failed', rcode: 'SERVFAIL' },
      { kind: 'unreachable' },
      { kind: 'nodata', ttlSeconds: 1 },
      { kind: 'timeout', timeoutMs: 3000 },
      { kind: 'timeout', timeoutMs: 3000 },
    ] as const) {
      resolver.always = always
      const verdict = judge(await engine.check('ip_blocklist', ip('192.0.2.9')), { rejectScore: 1 })
      assert.equal(verdict.kind, 'pass', always.kind)
    }
    engine.close()
    assert.deepEqual(await engine.check('ip_blocklist', ip('192.0.2.9')), [])
  })

  it('takes no listing from a list that lists everything', async () => {
    configure({ ip_blocklists: { custom: ['bl.example'] } })
    resolver.always = records('127.0.0.2')
    assert.deepEqual(summary(await engine.check('ip_blocklist', ip('192.0.2.9'))), {
      'bl.example': 'skipped',
    })
    assert.match(log.lines.join(), /bl\.example.* is not asked for now: it lists its negative test entry/)
  })

  it('lets mail pass even when the resolver breaks its word', async () => {
    resolver.lookup = () => Promise.reject(new Error('broken'))
    configure({ ip_blocklists: { custom: ['bl.example'] } })
    assert.deepEqual(summary(await engine.check('ip_blocklist', ip('192.0.2.9'))), { 'bl.example': 'error' })
  })

  it('gives scores to lists that score, and names to those that have one', async () => {
    configure({
      ip_blocklists: {
        custom: [
          { zone: 'a.example', name: 'Our list', action: 'score', score: 2.5 },
          { zone: 'b.example', score: 3 },
          { zone: 'c.example', action: 'note', score: 9 },
        ],
      },
    })
    for (const zone of ['a', 'b', 'c'])
      resolver.answers.set(`9.2.0.192.${zone}.example`, records('127.0.0.2'))
    const findings = await engine.check('ip_blocklist', ip('192.0.2.9'))
    assert.deepEqual(summary(findings), {
      'Our list': 'listed score',
      'b.example': 'listed score',
      'c.example': 'listed note',
    })
    assert.equal(judge(findings, { rejectScore: 100 }).score, 5.5)
    assert.equal(judge(findings, { rejectScore: 5.5 }).kind, 'reject')
  })

  it('answers from list files in every kind, without DNS', async () => {
    writeFileSync(join(folder, 'lists', 'own.txt'), '192.0.2.0/24\nbad.example\n.evil.example\n')
    const file = { file: 'lists/own.txt' }
    configure({
      ip_blocklists: { custom: [file] },
      ip_allowlists: { custom: [file] },
      domain_blocklists: { custom: [{ ...file, action: 'score', score: 4, name: 'Ours' }] },
      uri_blocklists: { custom: [file] },
    })
    const [blocked] = await engine.check('ip_blocklist', ip('192.0.2.9'))
    assert(blocked?.kind === 'listed')
    assert.deepEqual(blocked.codes, [{ code: '192.0.2.0/24', meaning: 'listed', action: 'reject' }])
    assert.equal(explainListing(blocked), '192.0.2.9 is listed in local list own')
    const cases = [
      ['ip_allowlist', ip('192.0.2.9'), { 'local list own': 'listed allow' }],
      ['ip_blocklist', ip('203.0.113.1'), { 'local list own': 'clear' }],
      ['domain_blocklist', name('Bad.Example'), { Ours: 'listed score' }],
      ['domain_blocklist', name('www.bad.example'), { Ours: 'clear' }],
      ['uri_blocklist', name('a.evil.example'), { 'local list own': 'listed reject' }],
      ['uri_blocklist', ip('192.0.2.1'), { 'local list own': 'listed reject' }],
    ] as const
    for (const [kind, item, wanted] of cases)
      assert.deepEqual(summary(await engine.check(kind, item)), wanted)
    assert.deepEqual(resolver.asked, [])
    assert.equal(engine.lists('ip_blocklist')[0]?.size, 3)
    assert.equal(log.lines.length, 1)
  })

  it('skips a list file that is not there, and the others go on', async () => {
    configure({ ip_blocklists: { custom: [{ file: 'lists/none.txt' }, 'bl.example'] } })
    const findings = await engine.check('ip_blocklist', ip('192.0.2.9'))
    assert.deepEqual(summary(findings), { 'local list none': 'skipped', 'bl.example': 'clear' })
    assert.equal(engine.lists()[0]?.state.kind, 'misconfigured')
  })

  it('keeps health and files of lists that stay when settings change', async () => {
    writeFileSync(join(folder, 'lists', 'own.txt'), '192.0.2.9\n')
    const file = { file: 'lists/own.txt' }
    configure({ ip_blocklists: { custom: [file, 'bl.example'] } })
    resolver.always = { kind: 'timeout', timeoutMs: 3000 }
    await engine.check('ip_blocklist', ip('192.0.2.9'))
    configure({ ip_blocklists: { custom: ['bl.example', { ...file, action: 'note' }] }, reject_score: 3 })
    assert.equal(engine.lists()[0]?.state.kind, 'suspended')
    assert.deepEqual(summary(await engine.check('ip_blocklist', ip('192.0.2.9'))), {
      'bl.example': 'skipped',
      'local list own': 'listed note',
    })
    assert.equal(log.lines.filter((line) => line.includes('own.txt')).length, 1)
    configure({})
    assert.deepEqual(engine.lists(), [])
    assert.deepEqual(await engine.check('ip_blocklist', ip('192.0.2.9')), [])
  })

  it('says what a list needs that cannot be asked', async () => {
    configure({
      ip_blocklists: {
        step3it: ['combined'],
        abusix: ['black'],
        custom: ['dbl.spamhaus.org', 'dnsbl.sorbs.net'],
      },
    })
    health.startTesting()
    await time.advance(0)
    const reasons = engine.lists().map(({ state }) => (state.kind === 'misconfigured' ? state.reason : ''))
    assert.match(reasons[0] ?? '', /^needs a zone: set providers\.step3it\.zone/)
    assert.match(
      reasons[1] ?? '',
      /^needs a key: set providers\.abusix\.key in config\/gateway\.secrets\.yaml$/,
    )
    assert.match(reasons[2] ?? '', /^takes domain names/)
    assert.match(reasons[3] ?? '', /SORBS closed in 2024/)
    const findings = await engine.check('ip_blocklist', ip('192.0.2.9'))
    assert(findings.every(({ kind }) => kind === 'skipped'))
    assert.deepEqual(resolver.asked, [])
  })

  it('asks no DNS list about reserved names, names without a public suffix, or its own names', async () => {
    configure({
      next_hops: { 'our-domain.net': { maildir: 'maildir' } },
      domain_blocklists: { custom: ['names.lists.net'] },
    })
    for (const useless of [
      'example.com',
      'www.example.org',
      'a.test',
      'host.corp',
      'com',
      'our-domain.net',
      'mx.our-domain.net',
    ]) {
      const findings = await engine.check('domain_blocklist', name(useless))
      assert.deepEqual(
        findings.map(({ kind }) => kind),
        ['skipped'],
        useless,
      )
    }
    assert.deepEqual(resolver.asked, [])
    assert.equal(engine.has('domain_blocklist'), true)
    assert.equal(engine.has('uri_blocklist'), false)
  })

  describe('with keys', () => {
    const key = 'k3yk3yk3yk3y'
    const settings = {
      providers: { step3it: { zone: 'lists.provider.example' } },
      ip_blocklists: { step3it: ['combined'], 'spamhaus-dqs': ['zen'], abusix: ['combined'] },
      domain_blocklists: { step3it: ['combined'] },
    }
    const secrets = { providers: { step3it: { key }, 'spamhaus-dqs': { key }, abusix: { key } } }

    it('asks the keyed form of the zone', async () => {
      configure(settings, secrets)
      await engine.check('ip_blocklist', ip('192.0.2.9'))
      await engine.check('domain_blocklist', name('bad-domain.net'))
      assert.deepEqual(
        resolver.asked.map((question) => question.name),
        [
          `9.2.0.192.${key}.combined.lists.provider.example`,
          `9.2.0.192.${key}.zen.dq.spamhaus.net`,
          `9.2.0.192.${key}.combined.mail.abusix.zone`,
          `bad-domain.net.${key}.combined.lists.provider.example`,
        ],
      )
    })

    it('never shows the key, whatever happens', async () => {
      const shown: string[] = []
      const show = (value: unknown): void => {
        shown.push(inspect(value, { depth: 20 }), JSON.stringify(value))
      }
      health.onChange(show)
      health.startTesting()
      const misplaced = { ip_blocklists: { custom: [`${key}.zen.dq.spamhaus.net`] } }
      for (const always of [
        records('127.0.0.2'),
        records('127.255.255.254'),
        records('203.0.113.1'),
        { kind: 'failed', rcode: 'SERVFAIL' },
        { kind: 'timeout', timeoutMs: 3000 },
        { kind: 'unreachable' },
      ] as const) {
        resolver.always = always
        configure(misplaced, secrets)
        await time.advance(0)
        show(await engine.check('ip_blocklist', ip('192.0.2.9')))
        show(engine.lists())
        configure({})
        configure(settings, secrets)
        const findings = await engine.check('ip_blocklist', ip('192.0.2.9'))
        show(findings)
        show(judge(findings, { rejectScore: 1 }))
        shown.push(...findings.flatMap((each) => (each.kind === 'listed' ? [explainListing(each)] : [])))
        await time.advance(900_000)
        show(engine.lists())
        show(health.snapshot())
      }
      const lists = configuredLists(parseSettings(settings), parseSecrets(secrets))
      show(lists)
      for (const list of lists) {
        if (list.source === 'dns') shown.push(queriedName(list, ip('192.0.2.9')) ?? '')
      }
      shown.push(...log.lines)
      assert(log.lines.some((line) => line.includes('SERVFAIL')))
      assert(shown.includes('9.2.0.192.<key>.zen.dq.spamhaus.net'))
      assert.deepEqual(
        shown.filter((text) => text.includes(key)),
        [],
      )
    })

    it('starts afresh with a list whose key changed', async () => {
      configure(settings, secrets)
      resolver.always = { kind: 'timeout', timeoutMs: 3000 }
      await engine.check('ip_blocklist', ip('192.0.2.9'))
      assert(engine.lists('ip_blocklist').every(({ state }) => state.kind === 'suspended'))
      configure(settings, { providers: { ...secrets.providers, abusix: { key: 'an0ther' } } })
      assert.deepEqual(
        engine.lists('ip_blocklist').map(({ state }) => state.kind),
        ['suspended', 'suspended', 'up'],
      )
    })
  })
})
