/**
 * The pictures of the web page in docs/, of a real gateway with invented mail, in a real browser. Run with:
 * node -r ts-node/register scripts/pictures.ts (after npm run build; Chromium must be in PATH)
 */
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { launchBrowser } from '../test/support/browser'
import { createDnsServer } from '../test/support/dns-server'
import { startGateway, type Gateway } from '../test/support/gateway'
import { uiUser, webReady } from '../test/support/web'

const docs = join(__dirname, '..', 'docs')
const PASSWORD = 'correct horse battery'
const DESK: BrowserContextOptions = { locale: 'en', viewport: { width: 1080, height: 700 } }
const PHONE: BrowserContextOptions = {
  locale: 'de',
  colorScheme: 'dark',
  viewport: { width: 360, height: 740 },
}

const LISTED_ADDRESS = '203.0.113.9'
const LISTED_NAME = 'cheap-watches.example'
const listed = new Set([
  '9.113.0.203.ip.example',
  '2.0.0.127.ip.example',
  `${LISTED_NAME}.names.example`,
  'test.names.example',
])

interface Mail {
  readonly ip: string
  readonly from: string
  readonly subject: string
}

const refused: Mail = { ip: LISTED_ADDRESS, from: `mallory@${LISTED_NAME}`, subject: 'Watches' }
const accepted: Mail = { ip: '198.51.100.1', from: 'anna@news.example', subject: 'Minutes of Monday' }
const mails: readonly Mail[] = [
  { ip: '198.51.100.7', from: 'carl@friends.example', subject: 'Lunch?' },
  { ip: '198.51.100.8', from: `eve@${LISTED_NAME}`, subject: 'For you' },
  { ip: '198.51.100.9', from: 'orders@shop.example', subject: 'Your order' },
  { ip: '198.51.100.10', from: 'dora@partner.example', subject: 'Offer' },
  { ip: LISTED_ADDRESS, from: 'win@lottery.example', subject: 'You have won' },
  { ip: '198.51.100.11', from: 'list@club.example', subject: 'Next meeting' },
  accepted,
  refused,
]

async function main(): Promise<void> {
  const dns = await createDnsServer(({ name }) =>
    listed.has(name.toLowerCase())
      ? { answers: [{ type: 'A', value: '127.0.0.2', ttl: 60 }] }
      : { rcode: 'NXDOMAIN', soa: { minimum: 60 } },
  )
  const gateway = await startGateway({
    nodes: 2,
    web: true,
    hostname: 'mx.example.com',
    secrets: { ui_users: { admin: await uiUser(PASSWORD, 'editor') } },
    settings: {
      dns: { servers: [dns.address], timeout: 1000 },
      journal: { subjects: true },
      next_hops: { 'example.com': { maildir: 'maildir' } },
      ip_blocklists: {
        custom: [
          { zone: 'ip.example', name: 'Example IP list' },
          { file: 'lists/blocked-clients.txt', name: 'Own addresses' },
        ],
      },
      domain_blocklists: { custom: [{ zone: 'names.example', name: 'Example domain list' }] },
    },
  })
  const browser = await launchBrowser()
  try {
    await webReady(gateway)
    for (const mail of mails) await send(gateway, mail)
    await takeAll(browser, `${gateway.url}/`)
  } finally {
    await browser.close()
    await gateway.stop()
    await dns.close()
  }
}

async function send(gateway: Gateway, { ip, from, subject }: Mail): Promise<void> {
  const client = await gateway.client(ip)
  const message = `From: <${from}>\nSubject: ${subject}\n\nHello\n`
  const helo = `mail.${from.split('@')[1] ?? ''}`
  await client.sendMail({ from, to: 'bob@example.com', message, helo })
  client.close()
}

async function takeAll(browser: Browser, url: string): Promise<void> {
  const desk = await signedIn(browser, url, DESK)
  await desk.goto(`${url}#/overview?range=1h`)
  await desk.getByText('No mail in this period').waitFor({ state: 'detached' })
  await take(desk, '.chart-picture svg', 'ui-overview')
  await desk.goto(`${url}#/lists`)
  await take(desk, '.tab-panel .badge', 'ui-lists')
  await openMessage(desk, url, refused)
  await take(desk, '.story', 'ui-refused')
  const phone = await signedIn(browser, url, PHONE)
  await openMessage(phone, url, accepted)
  await take(phone, '.story', 'ui-phone')
}

async function signedIn(browser: Browser, url: string, options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage()
  await page.goto(url)
  await page.locator('input[name=name]').fill('admin')
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.locator('.shell').waitFor()
  return page
}

async function openMessage(page: Page, url: string, { from }: Mail): Promise<void> {
  await page.goto(`${url}#/messages?from=${from}`)
  await page.locator('.row-link').first().click()
}

/** Once what it is about stands, and the page is connected. */
async function take(page: Page, shown: string, name: string): Promise<void> {
  await page.locator(shown).first().waitFor()
  await page.locator('.live.is-live').waitFor()
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(docs, `${name}.png`), animations: 'disabled' })
  console.log(`docs/${name}.png`)
}

void main()
