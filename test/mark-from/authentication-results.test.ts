import assert from 'node:assert/strict'
import { formatResult, parseResults } from '../../plugins/mark-from/authentication-results'

describe('authentication results', () => {
  it('are written as RFC 8601 has them', () => {
    assert.equal(
      formatResult({
        method: 'dkim',
        result: 'pass',
        comment: 'p=reject',
        properties: { 'header.d': 'a.example', 'header.i': 'x@a.example', 'header.s': undefined },
      }),
      'dkim=pass (p=reject) header.d=a.example header.i=x@a.example',
    )
  })

  it('hold no text of the sender that could end a value or a line', () => {
    const line = formatResult({
      method: 'spf',
      result: 'pass',
      properties: { 'smtp.helo': `x"; dkim=pass (\r\n\\ü${'y'.repeat(400)}` },
    })
    assert.match(line, /^spf=pass smtp\.helo="x\\"; dkim=pass \(\?\?\\\\\?y{200,300}"$/)
  })

  it('of other plugins are read from the field that Haraka keeps', () => {
    const field =
      'mx.gateway.test;\r\n\tspf=Pass smtp.mailfrom=a.example;\r\n\tdkim=fail (bad) header.i=@b.example header.d=b.example header.s=s;\r\n\tauth=pass (plain)'
    assert.deepEqual(parseResults(field), [
      { method: 'spf', result: 'pass', properties: { 'smtp.mailfrom': 'a.example' } },
      {
        method: 'dkim',
        result: 'fail',
        properties: { 'header.i': '@b.example', 'header.d': 'b.example', 'header.s': 's' },
      },
      { method: 'auth', result: 'pass', properties: {} },
    ])
    assert.deepEqual(parseResults(''), [])
  })
})
