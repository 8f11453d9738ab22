import assert from 'node:assert/strict'
import type { Browser } from 'playwright-core'
import { assertAccessible, assertFits, findBrowser, launchBrowser, watchedPage } from '../support/browser'
import { eventually } from '../support/eventually'
import { PASSWORD, startNode, type Node } from '../support/fleet'
import { hasRedis, startRedis, type RedisServer } from '../support/redis'

const suite = findBrowser() !== undefined || process.env.CI !== undefined ? describe : describe.skip

suite('the page of the gateways of a fleet', function () {
  this.timeout(180_000)
  let redis: RedisServer
  let a: Node
  let b: Node
  let browser: Browser

  before(async function () {
    if (!hasRedis()) this.skip()
    redis = await startRedis()
    const settings = { fleet: { redis: redis.url, name: 'test', own: ['listen'] } }
    ;[a, b] = (await Promise.all(
      ['a', 'b'].map((name) => startNode({ name, redis: redis.url, settings })),
    )) as [Node, Node]
    await eventually('both to be in the fleet', async () => (await a.fleet()).nodes.length === 2)
    browser = await launchBrowser()
  })
  after(async () => {
    await browser.close()
    await a.gateway.stop()
    await b.gateway.stop()
    await redis.stop()
  })

  it('shows which settings each has, and shares what was edited here', async () => {
    await a.set(['greeting'], ['Of the fleet'])
    b.gateway.writeConfig('gateway.yaml', b.file().replace('Of the fleet', 'Of b'))
    await eventually('the edit to be seen', async () => (await a.stateOf('b.gateway.test'))?.isEdited)
    const { page, offences } = await watchedPage(browser, `${b.gateway.url}/`)
    await page.goto(`${b.gateway.url}/#/fleet`)
    await page.locator('input[name=name]').fill('anna')
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByText('in force on 1 of 2 gateways').waitFor()
    await page.getByRole('row', { name: /b\.gateway\.test.*this one.*edited there/ }).waitFor()
    await assertAccessible(page)
    await assertFits(page)
    await page.getByRole('button', { name: /Share with all/ }).click()
    await page.getByText('in force on 2 of 2 gateways').waitFor()
    assert.match(a.file(), /Of b/)
    assert.deepEqual(offences, [])
  })
})
