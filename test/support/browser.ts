import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { AxeResults } from 'axe-core'
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core'

const root = join(__dirname, '..', '..')
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** Undefined where there is none: tests that need one are skipped, but for CI. */
export function findBrowser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file))
}

export async function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser()
  if (executablePath === undefined) throw new Error('there is no chromium in PATH')
  // Containers seldom allow the browser's own sandbox; the pages here are ours.
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  })
}

export interface WatchedPage {
  readonly page: Page
  /** What a page must never do: errors in the console, violations of its policy, requests to elsewhere. */
  readonly offences: readonly string[]
  /** Bytes that came over the wire so far, headers included. */
  wireBytes(): number
  close(): Promise<void>
}

/** A page in a context of its own (cookies, storage), that is watched. */
export async function watchedPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const { origin } = new URL(url)
  const context = await browser.newContext({
    viewport: { width: 1280, height: 850 },
    locale: 'en',
    ...options,
  })
  const page = await context.newPage()
  // A healthy page needs a hundredth of it; a machine that does much else is no fault of the page.
  page.setDefaultTimeout(60_000)
  const offences: string[] = []
  let wireBytes = 0
  page.on('pageerror', (error) => offences.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // A browser says so of any 401 and 403, which the tests ask for.
    const isStatus = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isStatus) offences.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const { protocol } = new URL(request.url())
    if (new URL(request.url()).origin !== origin && protocol !== 'data:')
      offences.push(`asks ${request.url()}`)
  })
  page.on('dialog', (dialog) => {
    offences.push(`dialog: ${dialog.message()}`)
    dialog.dismiss().catch(() => undefined)
  })
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (wireBytes += encodedDataLength))
  await page.exposeFunction('__tell', (text: string) => offences.push(text))
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => __tell('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`,
  )
  return { page, offences, wireBytes: () => wireBytes, close: () => context.close() }
}

/** Waits for a part of the page; says what the page shows instead when it does not come. */
export async function assertShows(page: Page, part: Locator): Promise<void> {
  try {
    await part.waitFor()
  } catch (error) {
    const shown = await page.locator('body').innerText()
    throw new Error(`${(error as Error).message}\n${page.url()} shows:\n${shown}`, { cause: error })
  }
}

/** Fails with what axe-core finds serious or critical on the page as it stands. */
export async function assertAccessible(page: Page): Promise<void> {
  // It stays in the page as long as only the part behind the # changes.
  if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axeSource)
  const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })")
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const texts = serious.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map(({ html }) => `  ${html.slice(0, 200)}`).join('\n')}`,
  )
  assert.deepEqual(texts, [], `${page.url()}\n${texts.join('\n')}`)
}

/** Fails when something is wider than the window. */
export async function assertFits(page: Page): Promise<void> {
  const [content = 0, window = 0] = await page.evaluate<number[]>(
    '[document.documentElement.scrollWidth, innerWidth]',
  )
  if (content <= window) return
  const widest = await page.evaluate<string[]>(
    `[...document.querySelectorAll('body *')].filter((part) => part.getBoundingClientRect().right > innerWidth)
      .map(({ outerHTML }) => outerHTML.slice(0, 120)).slice(-5)`,
  )
  assert.fail([`${page.url()} is ${content} wide in a window of ${window}`, ...widest].join('\n  '))
}

/** Keeps a picture for people, in a folder that is not versioned. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const folder = join(root, 'test-output')
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}
