import assert from 'node:assert/strict'
import { startGateway, type Gateway } from '../support/gateway'

const message = 'From: anna@example.org\nSubject: Hello\n\nFirst line\n.starts with a dot\nlast line\n'

describe('a new instance', () => {
  let gateway: Gateway
  before(async () => {
    gateway = await startGateway()
  })
  after(() => gateway.stop())

  it('takes a message for its domain into the maildir', async () => {
    const client = await gateway.client()
    assert.match(client.greeting, /^220 mx\.gateway\.test ESMTP Haraka ready \([0-9A-F-]{6}\)$/)
    const reply = await client.sendMail({ from: 'anna@example.org', to: 'bob@example.com', message })
    assert.match(reply, /^250 /)
    client.close()
    const [delivered = '', ...more] = gateway.maildir()
    assert.equal(more.length, 0)
    assert.match(delivered, /\n\nFirst line\n\.starts with a dot\nlast line\n$/)
  })

  it('refuses mail for a domain that is not its own', async () => {
    const client = await gateway.client()
    const reply = await client.sendMail({ from: 'anna@example.org', to: 'bob@elsewhere.example', message })
    assert.match(reply, /^550 5\.7\.1 /)
    client.close()
  })

  it('refuses a client on the local list, and says which list and a reference', async () => {
    const client = await gateway.client('192.0.2.66')
    const reply = await client.sendMail({ from: 'anna@example.org', to: 'bob@example.com', message })
    assert.match(reply, /^550 5\.7\.1 192\.0\.2\.66 is listed in .+ \(ref [0-9A-HJKMNP-TV-Z]{6}\)$/)
    assert.match(await gateway.logged(/refused ref/), /192\.0\.2\.66/)
    client.close()
  })

  it('lets the same client reach postmaster', async () => {
    const client = await gateway.client('192.0.2.66')
    const reply = await client.sendMail({ from: 'anna@example.org', to: 'postmaster@example.com', message })
    assert.match(reply, /^250 /)
    client.close()
  })
})
