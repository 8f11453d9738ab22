import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { parse } from 'yaml'
import { hashPassword } from '../../plugins/lib/password-hash'
import {
  assertAccessible,
  assertFits,
  findBrowser,
  keepScreenshot,
  launchBrowser,
  watchedPage,
  type WatchedPage,
} from '../support/browser'
import { createDnsServer, type DnsServer } from '../support/dns-server'
import { eventually } from '../support/eventually'
import { startGateway, type Gateway } from '../support/gateway'

const PASSWORD = 'correct horse battery'
const KEY = 'abusixkey4711'
const LISTED = '203.0.113.9'

/** Pages with settings, and something that stands on each when it is complete. */
const pages: readonly (readonly [hash: string, title: string, shown: string])[] = [
  ['lists', 'Lists', 'URI blocklists'],
  ['lists?tab=add', 'Lists', 'Known lists without a key'],
  ['lists?tab=files', 'Lists', 'Own list files'],
  ['lists?tab=rules', 'Lists', 'Names in messages'],
  ['mail-core', 'Mail core', 'Sessions'],
  ['domains', 'Domains', 'example.com'],
  ['maps', 'Size limits', 'For everyone'],
  ['contacts', 'Contacts', 'Who gets mail to this host'],
  ['mark-from', 'Mark-From', 'Odd messages'],
  ['advanced', 'More settings', 'Journal'],
  ['history', 'History', 'History'],
  ['users', 'Users', 'Your password'],
]

/** Those that hold every kind of control; the colours are the same everywhere. */
const inLight = new Set(['lists', 'lists?tab=add', 'domains', 'mark-from'])

// Where there is no browser these tests cannot be; under CI there must be one.
const suite = findBrowser() !== undefined || process.env.CI !== undefined ? describe : describe.skip

suite('settings on the web page', function () {
  // A browser, and axe on many pages, take long beside what other files start.
  this.timeout(120_000)
  let dns: DnsServer
  let gateway: Gateway
  let browser: Browser
  let url: string
  let watched: WatchedPage
  let page: Page

  const configFile = (): string => join(gateway.dir, 'config', 'gateway.yaml')
  const written = (): Record<string, unknown> =>
    parse(readFileSync(configFile(), 'utf8')) as Record<string, unknown>
  /** What the client at `ip` is told at the end of a message. */
  const send = async (ip: string, to = 'bob@example.com'): Promise<string> => {
    const client = await gateway.client(ip)
    const reply = await client.sendMail({
      from: 'anna@news.example',
      to,
      message: 'From: Anna <anna@news.example>\nSubject: Hello\n\nHello\n',
      helo: 'mail.news.example',
    })
    client.close()
    return reply
  }
  const open = async (options: BrowserContextOptions = {}, name = 'admin'): Promise<WatchedPage> => {
    const opened = await watchedPage(browser, url, options)
    await opened.page.goto(url)
    await opened.page.locator('input[name=name]').fill(name)
    await opened.page.locator('input[name=password]').fill(PASSWORD)
    await opened.page.keyboard.press('Enter')
    await opened.page.locator('.shell').waitFor()
    return opened
  }
  const goTo = async (on: Page, hash: string): Promise<void> => {
    const [, title = '', shown = ''] = pages.find(([each]) => each === hash) ?? []
    await on.goto(`${url}#/${hash}`)
    await on.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
    await on.getByRole('heading', { name: shown, exact: true }).first().waitFor()
  }
  const button = (name: string | RegExp): Locator =>
    page.getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) })
  const textbox = (name: string): Locator => page.getByRole('textbox', { name, exact: true })
  const review = async (): Promise<Locator> => {
    await button('Review and save').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('The gateway looks at').waitFor({ state: 'detached' })
    return dialog
  }
  const save = async (): Promise<void> => {
    const dialog = await review()
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved and applied on').last().waitFor()
    await dialog.waitFor({ state: 'detached' })
  }
  const discard = async (): Promise<void> => {
    await button('Discard').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
    await page.locator('.draft-bar').waitFor({ state: 'hidden' })
  }

  before(async () => {
    dns = await createDnsServer(({ name }) =>
      name === '9.113.0.203.bl.test' || name === '2.0.0.127.bl.test'
        ? { answers: [{ type: 'A', value: '127.0.0.2', ttl: 60 }] }
        : { rcode: 'NXDOMAIN', soa: { minimum: 60 } },
    )
    const password = await hashPassword(PASSWORD)
    ;[gateway, browser] = await Promise.all([
      startGateway({
        nodes: 2,
        web: true,
        files: { 'lists/mine.txt': '# by hand\n192.0.2.66\n' },
        secrets: { ui_users: { admin: { password, role: 'editor' }, guest: { password, role: 'reader' } } },
        settings: {
          dns: { servers: [dns.address], timeout: 1000 },
          next_hops: { 'example.com': { maildir: 'maildir' } },
          ip_blocklists: { custom: [{ file: 'lists/mine.txt', name: 'mine' }] },
        },
      }),
      launchBrowser(),
    ])
    url = `${gateway.url}/`
    await eventually('the page to be served', () =>
      fetch(`${url}health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    )
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

  it('turn a list on, which refuses the next message, and roll back, after which it is accepted', async () => {
    assert.match(await send(LISTED), /^250 /)
    await goTo(page, 'lists?tab=add')
    await textbox('Where it is').fill('bl.test')
    await textbox('Where it is').press('Enter')
    await page.getByText('1 change not saved').waitFor()
    const dialog = await review()
    assert.match((await dialog.locator('.diff-added').allInnerTexts()).join(), /bl\.test/)
    await textbox('Note for the history').fill('try bl.test')
    await dialog.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved and applied on 3 of 3 processes.').waitFor()
    assert.match(await send(LISTED), /^550 5\.7\.1 .*bl\.test/)

    await goTo(page, 'lists')
    const row = page.getByRole('region', { name: 'bl.test' })
    await row.getByText('up', { exact: true }).waitFor()
    await row.getByRole('button', { name: 'Test now: bl.test' }).click()
    await page.getByText('bl.test works.').waitFor()

    await goTo(page, 'history')
    await page.getByText('try bl.test').waitFor()
    await page.getByRole('row').nth(2).getByRole('button').click()
    await button('Go back to this').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Go back to this' }).click()
    await page.getByRole('cell', { name: 'rollback' }).waitFor()
    assert.match(await send(LISTED), /^250 /)
  })

  it('show a bad value at its field and lead to it from the summary', async () => {
    await goTo(page, 'mail-core')
    const silence = textbox('Silence allowed')
    await silence.fill('5')
    await silence.blur()
    const described = await silence.getAttribute('aria-describedby')
    const texts = await Promise.all(
      (described ?? '').split(' ').map((id) => page.locator(`#${id}`).innerText()),
    )
    assert.ok(texts.some((text) => text.startsWith('Must be from 60 seconds')))
    assert.equal(await silence.getAttribute('aria-invalid'), 'true')

    await button('Undo: Silence allowed').click()
    await page.locator('.draft-bar').waitFor({ state: 'hidden' })
    assert.equal(await silence.inputValue(), '300')

    // What only the gateway can judge is said without being asked for, too.
    await goTo(page, 'contacts')
    await textbox('Administrators').fill('root@mx.gateway.test')
    await textbox('Administrators').blur()
    await page.getByText(/Line 1: must be at another host/).waitFor()

    await goTo(page, 'mail-core')
    const dialog = await review()
    assert.ok(await dialog.getByRole('button', { name: 'Save', exact: true }).isDisabled())
    await dialog.getByRole('button', { name: /Administrators › line 1/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Contacts' }).waitFor()
    await hasFocus(page, textbox('Administrators'))
    await discard()
  })

  it('keep changes over pages and a reload, and take them back', async () => {
    await goTo(page, 'maps')
    await textbox('Largest message').fill('10 MiB')
    await goTo(page, 'contacts')
    await page.getByRole('checkbox', { name: 'Also for our domains' }).check()
    await page.getByText('2 changes not saved').waitFor()
    const { page: other, ...rest } = await open()
    const draft = await page.evaluate<string>(`sessionStorage.getItem('gateway.draft')`)
    await other.evaluate(`sessionStorage.setItem('gateway.draft', ${JSON.stringify(draft)})`)
    await other.reload()
    await other.getByText('2 changes not saved').waitFor()
    await rest.close()
    await discard()
    await goTo(page, 'maps')
    assert.equal(await textbox('Largest message').inputValue(), '25 MiB')
  })

  it('merge with a hand edit: what collides is asked, what does not is kept', async () => {
    await goTo(page, 'mail-core')
    await textbox('Silence allowed').fill('120')
    await textbox('Greeting').fill('From the page.')
    await textbox('Greeting').blur()
    const before = readFileSync(configFile(), 'utf8')
    writeFileSync(configFile(), `# by hand\n${before}inactivity_timeout: 200\nreject_score: 7\n`)
    await page.getByText('The settings were changed meanwhile').first().waitFor()
    await (await review()).getByRole('button', { name: 'Save', exact: true }).click()

    const merge = page.getByRole('dialog', { name: 'The settings were changed meanwhile' })
    await merge.getByText('1 of your changes does not collide and is kept.').waitFor()
    await merge.getByRole('radio', { name: 'Theirs: 200 seconds' }).check()
    await assertAccessible(page)
    await keepScreenshot(page, 'settings-merge')
    await merge.getByRole('button', { name: 'Put together and review' }).click()
    await page
      .getByRole('dialog', { name: 'Review changes' })
      .getByText('The gateway finds nothing wrong')
      .waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved and applied on').last().waitFor()

    const { greeting, inactivity_timeout, reject_score } = written()
    assert.deepEqual(
      { greeting, inactivity_timeout, reject_score },
      { greeting: ['From the page.'], inactivity_timeout: 200, reject_score: 7 },
    )
    assert.ok(readFileSync(configFile(), 'utf8').startsWith('# by hand\n'))
    await goTo(page, 'history')
    await page.getByRole('cell', { name: 'file on the machine' }).first().waitFor()
  })

  it('take a key, and never show it again', async () => {
    const answers: string[] = []
    page.on('response', (response) => {
      if (!response.url().includes('/events')) {
        response.text().then(
          (text) => answers.push(text),
          () => undefined,
        )
      }
    })
    await goTo(page, 'lists?tab=add')
    await button('Enter: Key of Abusix').click()
    await textbox('New: Key of Abusix').fill(KEY)
    await textbox('New: Key of Abusix').press('Enter')
    await page.getByRole('group', { name: 'Key of Abusix' }).getByText('Will be set when you save.').waitFor()
    const everything = (): Promise<string> =>
      page.evaluate<string>(`[
        document.documentElement.outerHTML,
        ...[...document.querySelectorAll('input, textarea')].map((field) => field.value),
        JSON.stringify({ ...sessionStorage }),
      ].join(' ')`)
    assert.ok(!(await everything()).includes(KEY))
    await save()
    await page.getByRole('group', { name: 'Key of Abusix' }).getByText(/^Set /).waitFor()
    await goTo(page, 'history')
    await goTo(page, 'advanced')
    await button('Edit gateway.yaml').click()
    await textbox('gateway.yaml').waitFor()
    assert.ok(!(await everything()).includes(KEY))
    assert.ok(answers.length > 5)
    assert.ok(!answers.some((text) => text.includes(KEY)))
    assert.match(readFileSync(join(gateway.dir, 'config', 'gateway.secrets.yaml'), 'utf8'), new RegExp(KEY))

    await goTo(page, 'lists?tab=add')
    await button('Remove: Key of Abusix').click()
    await save()
    await page.getByRole('group', { name: 'Key of Abusix' }).getByText('Not set.').waitFor()
  })

  it('show how much provider keys are used, and when that will be too much', async () => {
    const key = { provider: 'abusix', name: '', nodes: 2, perDay: 10_000, warning: true }
    const keys = [
      { ...key, queriesToday: 4321, forecast: 12_345 },
      { ...key, provider: 'step3it', perDay: null, queriesToday: 7, forecast: 9, warning: false },
    ]
    const shown = page.getByRole('table', { name: 'Use of provider keys' })
    // No numbers, no table.
    await page.route('**/api/v1/quota', (route) => route.fulfill({ status: 404, json: { error: 'x' } }))
    await goTo(page, 'contacts')
    await goTo(page, 'lists')
    assert.equal(await shown.count(), 0)
    await page.unroute('**/api/v1/quota')
    await page.route('**/api/v1/quota', (route) => route.fulfill({ json: { keys } }))
    await goTo(page, 'contacts')
    await goTo(page, 'lists')
    const rows = shown.getByRole('row')
    await rows.first().waitFor()
    const cells = async (nth: number): Promise<string[]> =>
      [...(await rows.nth(nth).getByRole('rowheader').allInnerTexts()),
        ...(await rows.nth(nth).getByRole('cell').allInnerTexts())] // prettier-ignore
    assert.deepEqual(await cells(1), ['Abusix', '4,321', '12,345', '10,000', '2'])
    assert.deepEqual(await cells(2), ['step3IT', '7', '9', 'not set', '2'])
    await page
      .getByText('at this rate it will be 12,345 queries today, more than the 10,000 allowed')
      .waitFor()
    await assertAccessible(page)
    await page.unroute('**/api/v1/quota')
  })

  it('add a domain, which takes mail as soon as it is saved', async () => {
    assert.match(await send('192.0.2.1', 'bob@new.example'), /^550 /)
    await goTo(page, 'domains')
    await textbox('Domain').fill('New.example')
    await page.getByRole('combobox', { name: 'Where its mail goes' }).selectOption('maildir')
    await button('Add').click()
    await hasFocus(page, textbox('Maildir'))
    await textbox('Maildir').fill('new')
    await save()
    assert.match(await send('192.0.2.1', 'bob@new.example'), /^250 /)
    assert.equal(gateway.maildir('new').length, 1)
    await button('Remove: new.example').click()
    await page.getByText('will be removed when you save').waitFor()
    await button('Keep it').click()
    await page.locator('.draft-bar').waitFor({ state: 'hidden' })
  })

  it('can be changed with nothing but a keyboard', async () => {
    await goTo(page, 'contacts')
    await tabTo(page, textbox('Messages a minute'))
    await page.keyboard.press('Control+A')
    await page.keyboard.type('30')
    await tabTo(page, button('Review and save'))
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('The gateway finds nothing wrong').waitFor()
    await tabTo(page, button('Save'))
    await page.keyboard.press('Enter')
    await eventually('the change to be written', () => written().admin_contacts_max_per_minute === 30)
  })

  it('cannot be changed by a reader, who sees them all', async () => {
    const reader = await open({}, 'guest')
    for (const [hash] of pages) {
      await goTo(reader.page, hash)
      const open = await reader.page
        .locator('[data-setting]')
        .locator(':is(input, select, textarea):enabled:visible, button:visible')
        .count()
      assert.equal(open, 0, `${hash} can be changed`)
      if (inLight.has(hash)) await assertAccessible(reader.page)
      await keepScreenshot(reader.page, `settings-${hash.replace(/\W+/g, '-')}`)
    }
    assert.equal(await reader.page.locator('.draft-bar').count(), 0)
    const status = await reader.page.evaluate<number>(`(async () => {
      const { csrf } = await (await fetch('api/v1/session')).json()
      const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf, 'If-Match': '"x"' }
      const body = JSON.stringify({ changes: [{ path: ['shadow'], value: true }] })
      return (await fetch('api/v1/settings', { method: 'PATCH', headers, body })).status
    })()`)
    assert.equal(status, 403)
    assert.deepEqual(reader.offences, [])
    await reader.close()
  })

  it('are managed with logins and tokens, which are shown once', async () => {
    await goTo(page, 'users')
    const form = page.getByRole('form', { name: 'Add a login' })
    await form.getByRole('textbox', { name: 'Name' }).fill('lena')
    await form.getByLabel('Password').fill('short')
    await form.getByRole('button', { name: 'Add' }).click()
    await form.getByText(/must have 10 characters or more/).waitFor()
    await form.getByLabel('Password').fill(PASSWORD)
    await form.getByRole('button', { name: 'Add' }).click()
    await page.getByRole('rowheader', { name: 'lena' }).waitFor()

    await textbox('What it is for').fill('prometheus')
    await button('Make a token').click()
    const token = await page.locator('.token').innerText()
    const asked = await fetch(`${url}api/v1/state`, { headers: { Authorization: `Bearer ${token}` } })
    assert.equal(asked.status, 200)
    await button('Done').click()
    await page.getByRole('rowheader', { name: 'prometheus' }).waitFor()
    assert.ok(!(await page.content()).includes(token))
    await button('Remove: prometheus').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('No tokens.').waitFor()
    const again = await fetch(`${url}api/v1/state`, { headers: { Authorization: `Bearer ${token}` } })
    assert.equal(again.status, 401)
  })

  it('change a list file, which counts at once, and say which lines are wrong', async () => {
    assert.match(await send('192.0.2.77'), /^250 /)
    await goTo(page, 'lists')
    await page.getByRole('link', { name: 'Edit entries: mine' }).click()
    const entries = textbox('Entries of lists/mine.txt')
    await entries.fill('# by hand\n192.0.2.77\nnot a name!\n')
    await button('Save entries').click()
    await button(/^Line 3: /).click()
    const selected = `(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))`
    assert.equal(await page.evaluate(`${selected}(document.activeElement)`), 'not a name!')
    await eventually('the entry to count', async () => /^550 /.test(await send('192.0.2.77')))
  })

  it('speak German, in the dark and on a phone, without a fault that axe finds serious', async () => {
    const german = await open({
      locale: 'de-DE',
      colorScheme: 'dark',
      viewport: { width: 360, height: 740 },
    })
    for (const [hash] of pages) {
      await german.page.goto(`${url}#/${hash}`)
      await german.page.locator('.settings > *').first().waitFor()
      await eventually(
        'the page to be complete',
        async () => !(await german.page.locator('.skeleton').count()),
      )
      await assertAccessible(german.page)
      await assertFits(german.page)
      await keepScreenshot(german.page, `settings-${hash.replace(/\W+/g, '-')}-german-dark-phone`)
    }
    await german.page.goto(`${url}#/mail-core`)
    const silence = german.page.getByRole('textbox', { name: 'Erlaubtes Schweigen' })
    await silence.fill('5')
    await silence.blur()
    await german.page.getByText(/^Muss von 60 Sekunden \(1 Minute\) bis 86\.400 Sekunden/).waitFor()
    await assertFits(german.page)
    assert.deepEqual(german.offences, [])
    await german.close()
  })
})

const hasFocus = (page: Page, control: Locator): Promise<unknown> =>
  eventually(
    'the control to have the focus',
    async () => (await control.and(page.locator(':focus')).count()) === 1,
  )

/** Presses Tab until the control has the focus. */
async function tabTo(page: Page, control: Locator): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    if ((await control.and(page.locator(':focus')).count()) === 1) return
  }
  assert.fail(`${String(control)} is not reached with Tab`)
}
