import assert from 'node:assert/strict'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import {
  assertAccessible,
  assertFits,
  assertShows,
  findBrowser,
  keepScreenshot,
  launchBrowser,
  watchedPage,
  type WatchedPage,
} from '../support/browser'
import { createDnsServer, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'
import { uiUser, webReady } from '../support/web'

const PASSWORD = 'correct horse battery'
const HOSTILE = '<img src=x onerror=alert(1)>'
/** Of everything until the overview stands, login included. */
const MAX_FIRST_PAGE_BYTES = 150_000

// Where there is no browser these tests cannot be; under CI there must be one.
const suite = findBrowser() !== undefined || process.env.CI !== undefined ? describe : describe.skip

suite('the web page', function () {
  // A browser, five pages and axe on each take long beside what other files start.
  this.timeout(120_000)
  let dns: DnsServer
  let gateway: Gateway
  let browser: Browser
  let url: string
  let watched: WatchedPage
  let page: Page

  /** A client with the address hands in a message; returns the last reply. */
  const send = async (ip: string, more: { helo?: string; from?: string; header?: string } = {}) => {
    const client = await gateway.client(ip)
    const { helo = 'mail.news.example', from = 'anna@news.example', header = 'Subject: Invoice' } = more
    const message = `From: Anna <anna@news.example>\n${header}\n\nHello https://shop.example/\n`
    const reply = await client.sendMail({ from, to: 'bob@example.com', message, helo })
    client.close()
    return reply
  }
  const open = async (options: BrowserContextOptions = {}): Promise<WatchedPage> => {
    const opened = await watchedPage(browser, url, options)
    await opened.page.goto(url)
    return opened
  }
  const signIn = async (on: Page, name = 'admin', password = PASSWORD): Promise<void> => {
    await on.locator('input[name=name]').fill(name)
    await on.locator('input[name=password]').fill(password)
    await on.keyboard.press('Enter')
  }
  /** Leaves out what a page does with its own cookies and storage: they come from the page that is signed in. */
  const openSignedIn = async (options: BrowserContextOptions = {}): Promise<WatchedPage> =>
    open({ storageState: await page.context().storageState(), ...options })
  const goTo = async (on: Page, hash: string, shown: Locator): Promise<void> => {
    await on.goto(`${url}#/${hash}`)
    await assertShows(on, shown.first())
  }
  const heading = (on: Page, text: string): Locator =>
    on.getByRole('heading', { level: 1, name: text, exact: true })

  before(async () => {
    dns = await createDnsServer(({ name }) =>
      name === '9.113.0.203.bl.test' || name === '2.0.0.127.bl.test'
        ? { answers: [{ type: 'A', value: '127.0.0.2', ttl: 60 }] }
        : { rcode: 'NXDOMAIN', soa: { minimum: 60 } },
    )
    const [admin, guest] = await Promise.all([uiUser(PASSWORD, 'editor'), uiUser(PASSWORD, 'reader')])
    ;[gateway, browser] = await Promise.all([
      startGateway({
        nodes: 2,
        web: true,
        secrets: { ui_users: { admin, guest } },
        settings: {
          dns: { servers: [dns.address], timeout: 1000 },
          journal: { subjects: true },
          next_hops: { 'example.com': { maildir: 'maildir' } },
          ip_blocklists: { custom: [{ zone: 'bl.test', name: `Example BL ${HOSTILE}` }] },
        },
      }),
      launchBrowser(),
    ])
    url = `${gateway.url}/`
    await webReady(gateway)
    watched = await open()
    page = watched.page
  })
  after(async () => {
    await browser.close()
    await gateway.stop()
    await dns.close()
  })
  afterEach(() => {
    assert.deepEqual(watched.offences, [])
  })

  it('asks who it is, says when the password is wrong, and lets in with few bytes', async () => {
    await heading(page, 'Mail gateway').waitFor()
    await assertAccessible(page)
    await keepScreenshot(page, 'ui-login')
    await signIn(page, 'admin', 'wrong password')
    await page.getByText('Name and password do not match.').waitFor()
    await signIn(page)
    await heading(page, 'Overview').waitFor()
    await page.getByText('No mail in this period').waitFor()
    assert.equal(await page.title(), 'Overview – mx.gateway.test')
    assert.ok(watched.wireBytes() < MAX_FIRST_PAGE_BYTES, `${watched.wireBytes()} bytes`)
  })

  it('counts mail as it comes, whichever worker took it', async () => {
    const tile = (name: string): Promise<string> => page.locator(`.tile-${name} .tile-number`).innerText()
    assert.equal(await tile('accepted'), '0')
    for (let count = 0; count < 4; count++) assert.match(await send('198.51.100.1'), /^250/)
    assert.match(await send('203.0.113.9'), /^550/)
    await eventually('the overview to count', async () => (await tile('accepted')) === '4')
    await eventually('the refusal', async () => (await tile('refused')) === '1')
    await page.getByRole('link', { name: 'Example BL' }).first().waitFor()
    await page.getByText('Show as a table').click()
    const cells = page.getByRole('table', { name: 'Messages over time' }).getByRole('cell')
    await eventually('the numbers as a table', async () => (await cells.allInnerTexts()).includes('4'))
    await page.getByText('Show as a table').click()
  })

  it('shows a refused message as it arrives, and why it was refused', async () => {
    await page.getByRole('link', { name: 'Messages', exact: true }).click()
    await heading(page, 'Messages').waitFor()
    const rows = page.locator('table.messages tbody tr')
    await eventually('the messages so far', async () => (await rows.count()) === 5)
    const reply = await send('203.0.113.9', { from: 'mallory@spam.example' })
    const ref = /\(ref (\w+)\)/.exec(reply)?.[1] ?? ''
    const row = rows.filter({ hasText: 'mallory@spam.example' })
    await row.waitFor()
    assert.match(await row.innerText(), /Refused/)
    assert.match(await row.innerText(), /203\.0\.113\.9 is listed by Example BL/)
    await keepScreenshot(page, 'ui-messages')
    await row.getByRole('link').click()
    await heading(page, 'Message').waitFor()
    const story = await page.locator('.story').innerText()
    assert.match(story, /203\.0\.113\.9, an address without a name in DNS, connected to port/)
    assert.match(story, /It introduced itself as mail\.news\.example\./)
    assert.match(story, /It announced a message from mallory@spam\.example to bob@example\.com\./)
    assert.match(story, /Example BL .+ lists 203\.0\.113\.9/)
    assert.ok(story.includes(reply), story)
    assert.match(await page.locator('dl').last().innerText(), new RegExp(`Reference\\s+${ref}`))
    await keepScreenshot(page, 'ui-message')
    await page.getByRole('link', { name: 'Back to the messages' }).click()
    const time = await row.locator('a').innerText()
    await eventually('the message to be where the keyboard is', async () => {
      return (await page.evaluate('document.activeElement.textContent')) === time
    })
  })

  it('keeps filters in the address', async () => {
    await page.getByLabel('Outcome', { exact: true }).selectOption('refused')
    await page.locator('input[type=search]').fill('mallory@spam.example')
    await page.keyboard.press('Enter')
    await eventually(
      'the address',
      () =>
        page.url().includes('outcome=refused&text=mallory%40spam.example') ||
        page.url().includes('text=mallory%40spam.example&outcome=refused'),
    )
    const rows = page.locator('table.messages tbody tr')
    await eventually('one message', async () => (await rows.count()) === 1)
    await page.reload()
    await eventually('the same message', async () => (await rows.count()) === 1)
    assert.equal(await page.locator('input[type=search]').inputValue(), 'mallory@spam.example')
    assert.match(await send('203.0.113.9', { from: 'mallory@spam.example' }), /^550/)
    await eventually('another that matches', async () => (await rows.count()) === 2)
    await page.getByText('More filters').click()
    await page.getByLabel('Until', { exact: true }).fill('2020-01-01T00:00:00')
    await page.keyboard.press('Enter')
    await page.getByText('Nothing matches').waitFor()
    await page.getByRole('button', { name: 'Remove all filters' }).first().click()
    await eventually('all messages', async () => (await rows.count()) === 7)
  })

  it('shows what hostile mail says as text', async () => {
    const reply = await send('198.51.100.7', {
      helo: '<script>alert(1)</script>',
      from: '"<b>x</b>"@news.example',
      header: `Subject: ${HOSTILE}\nMessage-ID: <${HOSTILE}@x.example>`,
    })
    assert.match(reply, /^\d{3} /)
    const row = page.locator('table.messages tbody tr').filter({ hasText: '<b>x</b>' })
    await row.getByRole('link').click()
    await page.getByText('<script>alert(1)</script>').first().waitFor()
    await goTo(page, 'messages?ip=203.0.113.9', page.getByText(`Example BL ${HOSTILE}`))
    // The subject is found, and the address that asks for it is shown.
    await goTo(page, `messages?text=${encodeURIComponent(HOSTILE)}`, page.locator('.row-link'))
    await page.getByText(`Search: ${HOSTILE}`).waitFor()
    await goTo(page, `messages/${encodeURIComponent(HOSTILE)}`, page.getByText('not in the journal'))
    assert.equal(await page.locator('#app img, #app script, #app b').count(), 0)
  })

  it('checks addresses and names through the lists that mail goes through', async () => {
    await goTo(page, 'check', heading(page, 'Check'))
    await page.getByLabel('IP addresses, domains or URLs').fill('203.0.113.9\n198.51.100.1')
    await page.getByRole('button', { name: 'Ask the lists' }).click()
    const cards = page.locator('.card')
    await eventually('both answers', async () => (await cards.count()) === 2)
    assert.match(await cards.nth(0).innerText(), /Listed\s+mail is refused/)
    assert.match(await cards.nth(0).innerText(), /9\.113\.0\.203\.bl\.test/)
    assert.match(await cards.nth(1).innerText(), /mail passes/)
    await keepScreenshot(page, 'ui-check')
  })

  it('explains what would happen to a message, without delivering it', async () => {
    const stored = gateway.maildir().length
    await goTo(page, 'messages?ip=203.0.113.9', page.locator('.row-link'))
    await page.locator('.row-link').first().click()
    await page.getByRole('link', { name: 'Explain with the message itself' }).click()
    await page.getByLabel('Message', { exact: true }).fill('From: a@news.example\nSubject: x\n\nHello\n')
    assert.equal(await page.getByLabel('Client address').inputValue(), '203.0.113.9')
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByRole('heading', { name: 'This message would be refused.' }).waitFor()
    assert.match(await page.locator('.dialogue').innerText(), /RCPT TO:<bob@example\.com>/)
    assert.equal(gateway.maildir().length, stored)
    await assertAccessible(page)
  })

  it('lets a refused client through for a while', async () => {
    await goTo(page, 'messages?ip=203.0.113.9', page.locator('.row-link'))
    await page.locator('.row-link').first().click()
    await page.getByRole('button', { name: 'Allow this client' }).click()
    const dialog = page.getByRole('dialog')
    await assertAccessible(page)
    await dialog.getByLabel('For how long').selectOption('7')
    await dialog.getByRole('button', { name: 'Allow' }).click()
    await page.getByText('203.0.113.9 is allowed until').waitFor()
    await eventually('its mail to pass', async () => (await send('203.0.113.9')).startsWith('250'))
    await goTo(page, 'messages', page.locator('.row-link'))
    await page.getByRole('button', { name: 'Allowed for a while' }).click()
    await dialog.getByRole('button', { name: 'No longer allow 203.0.113.9' }).click()
    await dialog.getByText('Nobody is allowed for a while').waitFor()
    await page.keyboard.press('Escape')
    await eventually('its mail to be refused', async () => (await send('203.0.113.9')).startsWith('550'))
  })

  it('can be used without a mouse', async () => {
    const guest = await open()
    const { keyboard } = guest.page
    const focused = async (): Promise<string> =>
      guest.page.evaluate<string>(
        'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
      )
    const tabTo = async (text: string): Promise<void> => {
      for (let presses = 0; presses < 40; presses++) {
        if ((await focused()).trim() === text) return
        await keyboard.press('Tab')
      }
      assert.fail(`${text} cannot be reached`)
    }
    await heading(guest.page, 'Mail gateway').waitFor()
    await keyboard.type('guest')
    await keyboard.press('Tab')
    await keyboard.type(PASSWORD)
    await keyboard.press('Enter')
    await heading(guest.page, 'Overview').waitFor()
    await keyboard.press('Tab')
    assert.equal(await focused(), 'Skip to content')
    await keyboard.press('Enter')
    assert.equal(await focused(), 'Overview')
    await guest.page.evaluate('document.activeElement.blur()')
    await tabTo('Messages')
    await keyboard.press('Enter')
    await heading(guest.page, 'Messages').waitFor()
    assert.equal(await focused(), 'Messages')
    await guest.page.locator('.row-link').first().waitFor()
    await tabTo((await guest.page.locator('.row-link').first().innerText()).trim())
    await keyboard.press('Enter')
    await heading(guest.page, 'Message').waitFor()
    assert.equal(await focused(), 'Message')
    await tabTo('Check again now')
    // A reader looks, and changes nothing.
    await guest.page.locator('.story').waitFor()
    assert.equal(await guest.page.getByRole('button', { name: /Allow this/ }).count(), 0)
    assert.deepEqual(guest.offences, [])
    await guest.close()
  })

  const looks: readonly [string, BrowserContextOptions, boolean][] = [
    ['light, on a desk', { locale: 'en', colorScheme: 'light' }, false],
    [
      'dark, in German, on a phone',
      { locale: 'de', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
      true,
    ],
  ]
  for (const [look, options, isPhone] of looks) {
    it(`has nothing that keeps people from using it: ${look}`, async () => {
      const seen = await openSignedIn(options)
      const pages: readonly [string, string][] = [
        ['overview', '.chart-picture svg'],
        ['messages', '.row-link'],
        ['messages?outcome=bounced', '.empty'],
        ['check?items=203.0.113.9', '.card'],
        ['check?tab=message', 'textarea[name=message]'],
      ]
      for (const [hash, shown] of pages) {
        await goTo(seen.page, hash, seen.page.locator(shown))
        await assertAccessible(seen.page)
        await assertFits(seen.page)
        await keepScreenshot(seen.page, `ui-${hash.replace(/\W+/g, '-')}-${isPhone ? 'phone' : 'desk'}`)
      }
      await goTo(seen.page, 'messages', seen.page.locator('.row-link'))
      await seen.page.locator('.row-link').last().click()
      await seen.page.locator('.story').waitFor()
      await assertAccessible(seen.page)
      await assertFits(seen.page)
      await keepScreenshot(seen.page, `ui-message-${isPhone ? 'phone' : 'desk'}`)
      if (isPhone) {
        assert.equal(await seen.page.getAttribute('html', 'lang'), 'de')
        await seen.page.getByRole('button', { name: 'Menü' }).click()
        await seen.page.getByRole('link', { name: 'Übersicht' }).waitFor()
        await assertAccessible(seen.page)
        await seen.page.keyboard.press('Escape')
        await eventually(
          'the menu to close',
          async () => !(await seen.page.getByRole('link', { name: 'Übersicht' }).isVisible()),
        )
      }
      assert.deepEqual(seen.offences, [])
      await seen.close()
    })
  }

  it('changes language and appearance at once, and keeps them', async () => {
    await goTo(page, 'overview', heading(page, 'Overview'))
    await page.getByLabel('Language').selectOption('de')
    await heading(page, 'Übersicht').waitFor()
    await page.getByLabel('Darstellung').selectOption('dark')
    await page.reload()
    await heading(page, 'Übersicht').waitFor()
    assert.equal(await page.getAttribute('html', 'data-theme'), 'dark')
    await page.getByLabel('Sprache').selectOption('en')
    await page.getByLabel('Appearance').selectOption('system')
    await heading(page, 'Overview').waitFor()
  })

  it('says when it is not live, and connects again by itself', async () => {
    await page.route('**/events', (route) => route.abort())
    await page.reload()
    await page.getByText('Not connected, trying again').waitFor()
    await page.unroute('**/events')
    await page.getByText('Live', { exact: true }).waitFor()
  })

  it('asks for the password again when the session has ended, and comes back to the same page', async () => {
    await goTo(page, 'messages?outcome=refused', page.locator('.row-link'))
    await page.context().clearCookies()
    await page.getByLabel('Outcome', { exact: true }).selectOption('accepted')
    await page.getByText('Your session has ended.').waitFor()
    await signIn(page)
    await heading(page, 'Messages').waitFor()
    assert.match(page.url(), /#\/messages\?outcome=accepted$/)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await heading(page, 'Mail gateway').waitFor()
    await page.reload()
    await heading(page, 'Mail gateway').waitFor()
  })
})
