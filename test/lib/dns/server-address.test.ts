import assert from 'node:assert/strict'
import { formatServer, parseServer } from '../../../plugins/lib/dns'

describe('addresses of DNS servers', () => {
  it('are IP addresses with or without a port', () => {
    const cases = {
      '192.0.2.1': '192.0.2.1:53',
      '192.0.2.1:5353': '192.0.2.1:5353',
      '2001:db8::1': '[2001:db8::1]:53',
      '[2001:db8::1]': '[2001:db8::1]:53',
      '[2001:db8::1]:5353': '[2001:db8::1]:5353',
      'fe80::1%eth0': '[fe80::1%eth0]:53',
    }
    for (const [text, full] of Object.entries(cases)) assert.equal(formatServer(parseServer(text)), full)
  })

  it('say what would be right when they are something else', () => {
    const wrong = [
      '',
      'localhost',
      '192.0.2',
      '192.0.2.1:0',
      '192.0.2.1:65536',
      '192.0.2.1:',
      '[192.0.2.1]:53',
    ]
    for (const text of wrong) {
      assert.throws(
        () => parseServer(text),
        (error: Error) => error.message.startsWith(`'${text}'`) && error.message.includes('192.0.2.1:5353'),
        text,
      )
    }
  })
})
