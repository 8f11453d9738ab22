import assert from 'node:assert/strict'
import { greetingLines } from '../../plugins/mail-core/greeting'
import { wantedEndpoints } from '../../plugins/lib/haraka/endpoints'

const session = { hostname: 'mx.example.com', product: 'Haraka', id: 'ABC123' }

describe('greeting', () => {
  it('names the hostname, ESMTP, the product and the session by default', () => {
    assert.deepEqual(greetingLines([], session), ['mx.example.com ESMTP Haraka ready (ABC123)'])
  })

  it('keeps hostname, ESMTP and session id around the operator’s first line; more lines follow', () => {
    assert.deepEqual(greetingLines(['Welcome', 'No spam please'], session), [
      'mx.example.com ESMTP Welcome (ABC123)',
      'No spam please',
    ])
  })
})

describe('wanted endpoints', () => {
  it('are the ports that are on, each once', () => {
    const listen = { address: '::', smtp: true, submission: true, smtps: true, other: [2525, 25] }
    assert.deepEqual(
      wantedEndpoints(listen).map(({ port }) => port),
      [25, 587, 465, 2525],
    )
  })
})
