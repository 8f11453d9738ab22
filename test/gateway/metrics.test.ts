import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createToken } from '../../plugins/status/api-tokens'
import { createTestCertificate } from '../support/certificate'
import { createDnsServer, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { parseMetrics, type Metrics } from '../support/prometheus-text'
import { fetchText, webReady } from '../support/web'

const KEY = 'veryverysecretkey'

describe('metrics', () => {
  const { id, token, hash } = createToken()
  const { key, certificate } = createTestCertificate(['mx.gateway.test'])
  let dns: DnsServer
  let gateway: Gateway

  const settings = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
    dns: { servers: [dns.address], timeout: 1000 },
    next_hops: { 'here.test': { maildir: 'maildir' } },
    providers: { step3it: { zone: 'lists.test' } },
    ip_blocklists: {
      step3it: ['black'],
      custom: [
        { zone: 'bl.test', name: 'Example BL' },
        { file: 'lists/mine.txt', name: 'Mine "\\' },
      ],
    },
    tls: { certificate: 'cert.pem' },
    ...more,
  })
  const fetchMetrics = (headers: Record<string, string> = { Authorization: `Bearer ${token}` }) =>
    fetchText(`${gateway.url}/metrics`, { headers })
  const scrape = async (): Promise<Metrics> => {
    const { status, text } = await fetchMetrics()
    assert.equal(status, 200, text)
    assert.ok(!text.includes(KEY))
    return parseMetrics(text)
  }
  const send = async (ip: string, to = 'bob@here.test'): Promise<string> => {
    const client = await gateway.client(ip)
    const message = 'From: anna@example.org\nSubject: x\n\nHello\n'
    const reply = await client.sendMail({ from: 'anna@example.org', to, message, helo: 'client.example.org' })
    client.close()
    return reply
  }
  const workerPid = async (): Promise<number> => {
    const headers = { Authorization: `Bearer ${token}` }
    const answer = await fetchText(`${gateway.url}/api/v1/state`, { headers })
    const { workers } = answer.json as { workers: { pid: number; role: string }[] }
    const worker = workers.find(({ role }) => role === 'worker')
    assert.ok(worker)
    return worker.pid
  }

  before(async () => {
    const listed = ['9.113.0.203.bl.test', '2.0.0.127.bl.test', `2.0.0.127.${KEY}.black.lists.test`]
    dns = await createDnsServer(({ name }) =>
      listed.includes(name)
        ? { answers: [{ type: 'A', value: '127.0.0.2', ttl: 60 }] }
        : { rcode: 'NXDOMAIN', soa: { minimum: 60 } },
    )
    gateway = await startGateway({
      plugins: ['gateway/mail-core', 'gateway/ip-lists', 'gateway/next-hops', 'gateway/status'],
      nodes: 2,
      web: true,
      settings: settings(),
      secrets: {
        providers: { step3it: { key: KEY } },
        api_tokens: { [id]: { name: 'prometheus', role: 'reader', hash, created: 1 } },
      },
      files: { 'lists/mine.txt': '198.51.100.66\n', 'cert.pem': key + certificate },
    })
    await webReady(gateway)
  })
  after(async () => {
    await gateway.stop()
    await dns.close()
  })

  it('add up over all workers, by outcome, plugin and list', async () => {
    const before = await scrape()
    const good = Array.from({ length: 12 }, (_, at) => send(`198.51.100.${at + 1}`))
    const bad = Array.from({ length: 4 }, () => send('203.0.113.9'))
    const mine = [send('198.51.100.66')]
    for (const reply of await Promise.all(good)) assert.match(reply, /^250 /)
    for (const reply of await Promise.all([...bad, ...mine])) assert.match(reply, /^550 /)
    const metrics = await eventually('all messages to be counted', async () => {
      const now = await scrape()
      const isDone = now.value('gateway_sessions_open') === 0 && now.value('gateway_messages_total') === 17
      return isDone ? now : undefined
    })
    const { value } = metrics
    assert.equal(value('gateway_messages_total', { outcome: 'accepted', plugin: '', list: '' }), 12)
    const refused = { outcome: 'refused', plugin: 'gateway/ip-lists' }
    assert.equal(value('gateway_messages_total', { ...refused, list: 'ip_blocklist/custom/bl.test' }), 4)
    assert.equal(value('gateway_messages_total', { ...refused, list: 'ip_blocklist/file/lists/mine.txt' }), 1)
    assert.equal(Number(value('gateway_sessions_total')) - Number(before.value('gateway_sessions_total')), 17)
    assert.equal(value('gateway_processes', { role: 'worker' }), 2)
    assert.equal(value('gateway_processes', { role: 'master' }), 1)
    assert.ok(Number(value('gateway_message_bytes_total')) > 12 * 30)
    assert.ok(Number(value('process_resident_memory_bytes', { role: 'worker' })) > 2e7)
    assert.ok(Number(value('process_cpu_seconds_total')) > 0.5)
  })

  it('tell of each list what was asked, how it answered and how it is', async () => {
    const { value, labels } = await scrape()
    const list = 'ip_blocklist/custom/bl.test'
    const lookups = (result: string, of = list) => value('gateway_list_lookups_total', { list: of, result })
    assert.deepEqual([lookups('listed'), lookups('clear'), lookups('error')], [4, 13, 0])
    assert.equal(lookups('listed', 'ip_blocklist/file/lists/mine.txt'), 1)
    assert.equal(value('gateway_list_answer_seconds_count', { list }), 17)
    assert.equal(value('gateway_list_entries', { list: 'ip_blocklist/file/lists/mine.txt' }), 1)
    assert.deepEqual(
      labels('gateway_list_up').map(({ name }) => name),
      ['step3IT black', 'Example BL', 'Mine "\\'],
    )
    const misses = Number(value('gateway_dns_lookups_total', { cache: 'miss' }))
    assert.ok(
      misses > 0 &&
        misses <= Number(value('gateway_dns_questions_total')) + Number(value('gateway_dns_coalesced_total')),
    )
    assert.equal(value('gateway_dns_reachable'), 1)
  })

  it('follow a list that is suspended', async () => {
    const list = 'ip_blocklist/step3it/black'
    assert.equal((await scrape()).value('gateway_list_state', { list, state: 'up' }), 1)
    dns.setHandler(({ name }) =>
      name.endsWith('.black.lists.test')
        ? { answers: [{ type: 'A', value: '192.0.2.1', ttl: 60 }] }
        : { rcode: 'NXDOMAIN', soa: { minimum: 60 } },
    )
    await send('198.51.100.77')
    await eventually('the list to be suspended', async () => {
      const { value } = await scrape()
      return (
        value('gateway_list_up', { list }) === 0 &&
        value('gateway_list_state', { list, state: 'suspended' }) === 1
      )
    })
  })

  it('tell of listeners, certificate, queue, journal and settings', async () => {
    const { value, labels } = await scrape()
    assert.deepEqual(labels('gateway_listener_up'), [{ endpoint: `127.0.0.1:${gateway.port}` }])
    assert.equal(value('gateway_listener_up'), 1)
    assert.equal(value('gateway_certificate_readable', { file: 'cert.pem' }), 1)
    assert.ok(Number(value('gateway_certificate_expiry_timestamp_seconds')) > Date.now() / 1000)
    assert.equal(value('gateway_queue_messages'), 0)
    assert.equal(value('gateway_queue_oldest_age_seconds'), 0)
    assert.equal(value('gateway_journal_enabled'), 1)
    assert.equal(value('gateway_journal_fault'), 0)
    assert.equal(value('gateway_settings_processes'), 3)
    assert.equal(value('gateway_settings_valid'), 1)
    gateway.writeConfig('gateway.yaml', 'listen: nowhere\n')
    await eventually(
      'the bad settings to be noticed',
      async () => (await scrape()).value('gateway_settings_valid') === 0,
    )
    await gateway.changeSettings(settings({ inactivity_timeout: 301 }))
  })

  it('never run backwards, even when a worker is killed', async () => {
    const before = await scrape()
    process.kill(await workerPid(), 'SIGKILL')
    const counters = [...before.families].filter(([, type]) => type === 'counter').map(([name]) => name)
    await eventually('another worker to take its place', async () => {
      const answer = await fetchMetrics().catch(() => undefined)
      if (answer?.status !== 200) return false
      const now = parseMetrics(answer.text)
      for (const name of counters) {
        const [earlier = 0, later = 0] = [before.value(name), now.value(name)]
        assert.ok(later >= earlier, `${name} fell from ${earlier} to ${later}`)
      }
      return now.value('gateway_processes', { role: 'worker' }) === 2
    })
    assert.match(await send('198.51.100.90'), /^250 /)
    await eventually('the next message to be counted', async () => {
      const { value } = await scrape()
      const accepted = { outcome: 'accepted' }
      return (
        value('gateway_messages_total', accepted) ===
        Number(before.value('gateway_messages_total', accepted)) + 1
      )
    })
  })

  it('are all there that the dashboard shows', async () => {
    const { families } = await scrape()
    const text = readFileSync(join(__dirname, '..', '..', 'docs', 'grafana-dashboard.json'), 'utf8')
    const dashboard = JSON.parse(text) as {
      panels: { id: number; title: string; targets?: { expr: string }[] }[]
    }
    assert.equal(new Set(dashboard.panels.map(({ id: number }) => number)).size, dashboard.panels.length)
    const used = [...text.matchAll(/\b(?:gateway|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name)
    const known = new Set([...families.keys(), 'gateway_list_answer_seconds_bucket'])
    assert.deepEqual(
      used.filter((name) => !known.has(name)),
      [],
    )
    assert.deepEqual(
      [...families.keys()].filter((name) => !text.includes(name)),
      ['gateway_certificate_readable', 'gateway_journal_enabled'],
    )
  })

  it('are for those only whom the settings let read them', async () => {
    assert.equal((await fetchMetrics({})).status, 401)
    const wrong = await fetchMetrics({ Authorization: `Bearer ${token.slice(0, -1)}x` })
    assert.equal(wrong.status, 401)
    assert.equal(wrong.headers.get('www-authenticate'), 'Bearer')
    assert.ok(!wrong.text.includes('gateway_'))
    const right = await fetchMetrics()
    assert.equal(right.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
    await gateway.changeSettings(settings({ status: { metrics: { allow: 'open' } } }))
    assert.equal((await fetchMetrics({})).status, 200)
    await gateway.changeSettings(settings({ status: { metrics: { allow: 'none' } } }))
    assert.equal((await fetchMetrics()).status, 404)
  })
})
