/**
 * What mail pays for those who look on: CPU of the gateway's processes for each message while nobody does, one
 * program, a thousand, and a browser on the overview or on the live messages. One after the other, over and over, with
 * as much mail as goes: whatever else the machine does then meets all of them alike.
 *
 *   npm run bench -- watchers [--rounds N] [--nodes N] [--messages N] [--out FILE]
 */
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { findBrowser, launchBrowser } from '../../test/support/browser'
import { startGateway, type Gateway } from '../../test/support/gateway'
import { signIn, uiUser } from '../../test/support/web'
import { everyCheck } from './rig/peers'
import { processorMs } from './rig/processor-time'
import { startProgram } from './rig/program'
import { inTurn, number, printTable, reportFile, writeReport } from './rig/report'
import { startRig, type Rig } from './rig/rig'
import { knownIdentities } from './rig/rounds'
import { median, quantile } from './rig/statistics'
import type { WatchingCounts, WatchingOrder } from './rig/watching'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '8' },
    nodes: { type: 'string', default: '2' },
    messages: { type: 'string', default: '600' },
    out: { type: 'string' },
  },
})
const MESSAGES = Number(values.messages)
const WARM_UP = 1500
const SESSIONS = 16
/** What opening streams and pages costs is not what is asked here. */
const SETTLE_MS = 1500
const PASSWORD = 'correct horse battery'

/** A way of looking on, and how it is begun and ended. */
interface Audience {
  readonly name: string
  begin(): Promise<unknown>
  /** Kilobytes that came, where they are known. */
  end(): Promise<number | undefined>
}

interface Turn {
  readonly cpuMs: number
  readonly perSecond: number
  readonly kilobytes: number | undefined
}

async function main(): Promise<void> {
  const rig = await startRig()
  const user = await uiUser(PASSWORD, 'reader')
  const gateway = await startGateway({
    nodes: Number(values.nodes),
    web: true,
    secrets: { ui_users: { rosa: user } },
    settings: {
      ...everyCheck,
      dns: { servers: [rig.names.address] },
      next_hops: { 'here.test': { host: '127.0.0.1', port: rig.sinkPort, tls: 'off' } },
    },
  })
  const closing: (() => Promise<unknown>)[] = []
  try {
    const audiences = [
      { name: 'nobody', begin: () => Promise.resolve(), end: () => Promise.resolve(undefined) },
      ...(await streams(gateway, closing)),
      ...(await pages(gateway, closing)),
    ]
    await send(rig, gateway, WARM_UP)
    const turns = new Map<string, Turn[]>(audiences.map(({ name }) => [name, []]))
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const audience of inTurn(audiences, round)) {
        turns.get(audience.name)?.push(await measure(rig, gateway, audience))
      }
    }
    report([...turns])
  } finally {
    for (const close of closing) await close()
    await gateway.stop()
    await rig.stop()
  }
}

async function measure(rig: Rig, gateway: Gateway, audience: Audience): Promise<Turn> {
  await audience.begin()
  await sleep(SETTLE_MS)
  const before = processorMs(gateway.pid)
  const ms = await send(rig, gateway, MESSAGES)
  const cpuMs = (processorMs(gateway.pid) - before) / MESSAGES
  return { cpuMs, perSecond: (MESSAGES * 1000) / ms, kilobytes: await audience.end() }
}

async function send(rig: Rig, { port }: Gateway, messages: number): Promise<number> {
  const order = {
    port,
    sessions: SESSIONS,
    messages,
    message: { kind: 'plain' },
    ...knownIdentities,
  } as const
  const { accepted, failures, ms } = await rig.load(order)
  if (accepted !== messages) throw new Error(`mail was not accepted: ${JSON.stringify(failures)}`)
  return ms
}

async function streams(gateway: Gateway, closing: (() => Promise<unknown>)[]): Promise<readonly Audience[]> {
  const { cookie } = await signIn(gateway, 'rosa', PASSWORD)
  const port = Number(new URL(gateway.url).port)
  const order = (count: number): WatchingOrder => ({ port, path: '/events', cookie, streams: count })
  const { program } = await startProgram('watching', order(0))
  closing.push(() => program.stop())
  return [1, 1000].map((count) => ({
    name: count === 1 ? '1 stream' : `${count} streams`,
    begin: () => program.ask(order(count)),
    end: async () => (await program.ask<WatchingCounts>(order(0))).bytes / 1000,
  }))
}

/** A browser does more than to read a stream: it asks for numbers, and for messages that match. */
async function pages(gateway: Gateway, closing: (() => Promise<unknown>)[]): Promise<readonly Audience[]> {
  if (findBrowser() === undefined) return []
  const browser = await launchBrowser()
  closing.push(() => browser.close())
  const page = await browser.newPage()
  await page.goto(`${gateway.url}/`)
  await page.locator('input[name=name]').fill('rosa')
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.locator('.tile-number').first().waitFor()
  await page.goto('about:blank')
  return [
    { name: 'overview in a browser', ...onPage(page, `${gateway.url}/#/overview`, '.tile-number') },
    { name: 'live messages in a browser', ...onPage(page, `${gateway.url}/#/messages`, '.row-link') },
  ]
}

const onPage = (page: Page, url: string, shown: string): Omit<Audience, 'name'> => ({
  async begin() {
    await page.goto(url)
    await page.locator(shown).first().waitFor()
  },
  async end() {
    await page.goto('about:blank')
    return undefined
  },
})

function report(turns: readonly (readonly [string, readonly Turn[]])[]): void {
  const [, first = []] = turns[0] ?? []
  const results = turns.map(([name, list]) => {
    // Of the same round: what the machine did otherwise was much the same.
    const ratios = list.map(({ cpuMs }, round) => cpuMs / (first[round]?.cpuMs ?? Number.NaN))
    return {
      name,
      cpuMs: median(list.map(({ cpuMs }) => cpuMs)),
      toNobody: median(ratios),
      lowMs: quantile(
        list.map(({ cpuMs }) => cpuMs),
        0.25,
      ),
      perSecond: median(list.map(({ perSecond }) => perSecond)),
      kilobytes: median(list.map(({ kilobytes = Number.NaN }) => kilobytes)),
      turns: list,
    }
  })
  const [{ lowMs: lowOfNobody } = { lowMs: Number.NaN }] = results
  printTable([
    ['', 'CPU of a message, ms', 'to nobody', 'lower quartile', 'to nobody', 'messages/s', 'kB to them'],
    ...results.map(({ name, cpuMs, toNobody, lowMs, perSecond, kilobytes }) => [
      name,
      number(cpuMs),
      toNobody.toFixed(3),
      number(lowMs),
      (lowMs / lowOfNobody).toFixed(3),
      number(perSecond),
      number(kilobytes),
    ]),
  ])
  writeReport({ out: values.out ?? reportFile('watchers') }, { nodes: values.nodes, results })
}

void main()
