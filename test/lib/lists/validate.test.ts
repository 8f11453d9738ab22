import assert from 'node:assert/strict'
import { validateLists } from '../../../plugins/lib/lists/validate'
import { parseSecrets, parseSettings } from './support'

/** `path: value: message` of each problem. */
function problems(settings: object, secrets: object = {}): readonly string[] {
  return validateLists(parseSettings(settings), parseSecrets(secrets)).map(
    ({ path, value, message }) => `${path.join('.')}: ${value}: ${message}`,
  )
}

describe('checks of the lists in the settings', () => {
  it('find nothing wrong with the defaults and with lists in their right places', () => {
    assert.deepEqual(problems({}), [])
    const settings = {
      ip_blocklists: {
        step3it: ['combined', { list: 'policy', action: 'score', score: 2 }],
        'spamhaus-dqs': ['zen'],
        custom: [
          'zen.spamhaus.org',
          { zone: 'bl.example', codes: { '127.0.0.10-11': 'note', '127.0.0.1': 'ignore' } },
          'hostkarma.junkemailfilter.com',
          { file: 'lists/blocked.txt', action: 'reject' },
        ],
      },
      ip_allowlists: { step3it: ['welcome'], custom: ['list.dnswl.org', 'hostkarma.junkemailfilter.com'] },
      domain_blocklists: { abusix: ['dblack', 'nod'], custom: ['dbl.spamhaus.org', 'bl.example'] },
      uri_blocklists: { custom: ['multi.surbl.org', 'multi.uribl.com', 'dbl.spamhaus.org'] },
    }
    assert.deepEqual(problems(settings), [])
  })

  it('refuse to ask a list of names about addresses', () => {
    for (const kind of ['ip_blocklists', 'ip_allowlists']) {
      for (const zone of ['dbl.spamhaus.org', 'DBL.Spamhaus.org', 'multi.uribl.com', 'multi.surbl.org']) {
        const [problem = ''] = problems({ [kind]: { custom: [{ zone }] } })
        assert.match(
          problem,
          /^ip_\w+\.custom\.0: [\w.]+: takes domain names and is meant for .*: move it there$/,
        )
      }
    }
  })

  it('refuse to ask a list of addresses about names', () => {
    for (const kind of ['domain_blocklists', 'uri_blocklists']) {
      for (const zone of ['zen.spamhaus.org', 'b.barracudacentral.org', 'list.dnswl.org']) {
        const [problem = ''] = problems({ [kind]: { custom: [zone] } })
        assert.match(problem, /takes IP addresses and is meant for ip_(?:block|allow)lists: move it there$/)
      }
    }
  })

  it('refuse an allowlist as a blocklist and the reverse', () => {
    assert.equal(problems({ ip_blocklists: { custom: ['list.dnswl.org'] } }).length, 1)
    assert.equal(problems({ ip_allowlists: { custom: ['zen.spamhaus.org'] } }).length, 1)
  })

  it('refuse a list that stands twice in a kind, however it is written', () => {
    const settings = {
      ip_blocklists: {
        custom: ['zen.spamhaus.org', { zone: 'ZEN.spamhaus.org' }, { file: 'a.txt' }, { file: './a.txt' }],
      },
      domain_blocklists: { abusix: ['nod', { list: 'nod', score: 3 }] },
    }
    assert.deepEqual(problems(settings), [
      'ip_blocklists.custom.1: zen.spamhaus.org: is written twice: remove it here or at ip_blocklists.custom[0]',
      'ip_blocklists.custom.3: a.txt: is written twice: remove it here or at ip_blocklists.custom[2]',
      'domain_blocklists.abusix.1: nod: is written twice: remove it here or at domain_blocklists.abusix[0]',
    ])
  })

  it('refuse a zone that holds a key, or should, and do not repeat the key', () => {
    const key = 'k3yk3yk3yk3yk3yk3y'
    const cases: [zone: string, value: string, advice: string][] = [
      [`${key}.zen.dq.spamhaus.net`, '<key>.zen.dq.spamhaus.net', 'ip_blocklists.spamhaus-dqs: [zen]'],
      [`zen.${key}.dq.spamhaus.net`, 'zen.<key>.dq.spamhaus.net', 'ip_blocklists.spamhaus-dqs: [zen]'],
      ['zen.dq.spamhaus.net', 'zen.dq.spamhaus.net', 'ip_blocklists.spamhaus-dqs: [zen]'],
      [
        `${key}.combined.mail.abusix.zone`,
        '<key>.combined.mail.abusix.zone',
        'ip_blocklists.abusix: [combined]',
      ],
      [`${key}.black.lists.example`, '<key>.black.lists.example', 'ip_blocklists.step3it: [black]'],
    ]
    for (const [zone, value, advice] of cases) {
      const settings = {
        providers: { step3it: { zone: 'lists.example' } },
        ip_blocklists: { custom: [zone] },
      }
      const [problem = '', ...more] = problems(settings, { providers: { abusix: { key } } })
      assert.deepEqual(more, [])
      assert(problem.startsWith(`ip_blocklists.custom.0: ${value}: needs a key`), problem)
      assert(problem.includes(advice), problem)
      assert(!problem.includes(key))
    }
  })

  it('do not repeat a key that stands anywhere else', () => {
    const key = 's3cr3tk3y'
    const found = problems(
      { ip_blocklists: { custom: [{ file: `../${key}.txt` }] } },
      { providers: { step3it: { key } } },
    )
    assert.equal(found.length, 1)
    assert(!found.join().includes(key))
  })

  it('refuse files outside the configuration folder', () => {
    for (const file of ['/etc/passwd', '../secrets.yaml', 'lists/../../x']) {
      const [problem = ''] = problems({ ip_blocklists: { custom: [{ file }] } })
      assert.match(problem, /^ip_blocklists\.custom\.0\.file: .*must lie in the configuration folder/)
    }
  })

  it('refuse codes that cannot be', () => {
    const cases: [zone: string, code: string, action: string, message: RegExp][] = [
      ['bl.example', '127.0.0.256', 'note', /must be a return code/],
      ['bl.example', '127.0.0.11-10', 'note', /must be a return code/],
      ['zen.spamhaus.org', '127.255.255.254', 'reject', /is an error code of this list/],
      ['bl.example', '127.255.255.254', 'note', /is an error code of this list/],
    ]
    for (const [zone, code, action, message] of cases) {
      const [problem = ''] = problems({ ip_blocklists: { custom: [{ zone, codes: { [code]: action } }] } })
      assert.match(problem, message, code)
      assert(problem.startsWith(`ip_blocklists.custom.0.codes.${code}: ${code}: `), problem)
    }
    const uribl = (code: string): readonly string[] =>
      problems({ uri_blocklists: { custom: [{ zone: 'multi.uribl.com', codes: { [code]: 'note' } }] } })
    assert.deepEqual(uribl('127.0.0.8'), [])
    assert.match(uribl('127.0.0.6').join(), /names no single bit/)
    assert.match(uribl('127.0.0.1').join(), /is an error code/)
    const onFile = problems({
      ip_blocklists: { custom: [{ file: 'a.txt', codes: { '127.0.0.2': 'note' } }] },
    })
    assert.match(onFile.join(), /has no return codes/)
  })

  it('refuse to reject by an allowlist', () => {
    const found = problems({
      ip_allowlists: {
        custom: [
          { zone: 'wl.example', action: 'reject' },
          { zone: 'list.dnswl.org', codes: { '127.0.5.0': 'reject', '127.0.6.0': 'ignore' } },
        ],
      },
    })
    assert.equal(found.length, 2)
    assert.match(found[0] ?? '', /^ip_allowlists\.custom\.0\.action: reject: .*never refuses mail/)
    assert.match(found[1] ?? '', /^ip_allowlists\.custom\.1\.codes\.127\.0\.5\.0: .*never refuses mail/)
  })

  it('refuse lists that closed', () => {
    const found = problems({ ip_blocklists: { custom: ['dnsbl.sorbs.net', 'spam.dnsbl.sorbs.net'] } })
    assert.equal(found.length, 2)
    for (const problem of found) assert.match(problem, /must not be asked any more: SORBS closed in 2024$/)
  })
})
