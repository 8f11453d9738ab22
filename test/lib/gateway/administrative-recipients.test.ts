import assert from 'node:assert/strict'
import {
  isAdministrative,
  isAdministrator,
  isLocalUser,
} from '../../../plugins/lib/gateway/administrative-recipients'
import { settingsSchema } from '../../../plugins/lib/settings/schema'

const recipient = (text: string) => {
  const [user = '', host = ''] = text.split('@')
  return { user, host }
}
const settings = settingsSchema.parse({
  admin_contacts: ['Ops@example.net'],
  next_hops: { 'example.com': { maildir: 'x' } },
})
const self = { hostname: 'GW.example.org', ip: '192.0.2.1' }

describe('Recipients that no list keeps anyone from', () => {
  it('are administrators of every domain, of the gateway, and the contacts', () => {
    for (const address of [
      'Postmaster',
      'abuse+x@elsewhere.example',
      'NOC@gw.example.org',
      'root@[192.0.2.1]',
      'ops@Example.net',
    ])
      assert.ok(isAdministrative(recipient(address), settings, self.hostname), address)
    for (const address of ['noc@example.com', 'bob@gw.example.org', 'postmaster-x@example.com'])
      assert.ok(!isAdministrative(recipient(address), settings, self.hostname), address)
  })
})

describe('Administrators of the gateway', () => {
  it('are five names at its hostname, at its address, and without a domain', () => {
    for (const address of [
      'postmaster',
      'Root@gw.Example.org.',
      'security+a@gw.example.org',
      'noc@[192.0.2.1]',
    ])
      assert.ok(isAdministrator(recipient(address), self), address)
    const v6 = { ...self, ip: '2001:db8::1' }
    assert.ok(isAdministrator(recipient('abuse@[IPv6:2001:DB8:0::1]'), v6))
    for (const address of [
      'bob@gw.example.org',
      'postmaster@example.com',
      'postmaster@[192.0.2.2]',
      'abuse@[x]',
    ])
      assert.ok(!isAdministrator(recipient(address), self), address)
  })

  it('are all users of the machine for its own programs, unless their domain is hosted', () => {
    for (const address of ['root', 'cron@localhost', 'www-data@gw.example.org'])
      assert.ok(isLocalUser(recipient(address), settings, self.hostname), address)
    assert.ok(!isLocalUser(recipient('anna@example.com'), settings, 'example.com'))
    assert.ok(!isLocalUser(recipient('anna@elsewhere.example'), settings, self.hostname))
  })
})
