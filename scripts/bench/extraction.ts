/**
 * How fast names are found in message bodies, beside haraka-plugin-uribl in the same process on the same input.
 * Run: node -r ts-node/register scripts/bench/extraction.ts
 */
import { createBodyNames } from '../../plugins/lib/mail'
import { createHtmlScanner } from '../../plugins/lib/mail/html-scanner'
import { createNameCollector } from '../../plugins/lib/mail/name-collector'
import { scanText } from '../../plugins/lib/mail/scanner'
import { distinctNames, hostile, newsletter, plain, prose } from './extraction-inputs'
import { createStockExtractor } from './extraction-stock'

type Extractor = (body: string) => unknown

/** Milliseconds of the fastest run each, taken in turns: what the code costs, without what else the machine does. */
function bestMs(input: string, extractors: readonly Extractor[], runs: number): number[] {
  const best = extractors.map(() => Infinity)
  for (let run = 0; run < runs; run++) {
    for (const [index, extract] of extractors.entries()) {
      const start = performance.now()
      extract(input)
      best[index] = Math.min(best[index] ?? Infinity, performance.now() - start)
    }
  }
  return best
}

const fromText: Extractor = (body) => {
  const collector = createNameCollector(100, () => undefined)
  scanText(body, (host, source) => {
    collector.add(host, source)
  })
  collector.end()
}

const fromHtml: Extractor = (body) => {
  const collector = createNameCollector(100, () => undefined)
  createHtmlScanner((host, source) => {
    collector.add(host, source)
  }).read(body, true)
  collector.end()
}

interface Received {
  readonly totalMs: number
  /** The longest time that one line took. */
  readonly blockedMs: number
  readonly names: number
  readonly cappedNames: number
  readonly cappedBytes: number
}

/** Takes a whole message line by line, as it is received. */
function receive(header: string, body: string | Buffer): Received {
  const lines = splitLines(Buffer.concat([Buffer.from(`${header}\r\n\r\n`), Buffer.from(body)]))
  let names = 0
  let blockedMs = 0
  const message = createBodyNames({ onName: () => names++ })
  const start = performance.now()
  let last = start
  for (const line of lines) {
    message.addLine(line)
    const now = performance.now()
    blockedMs = Math.max(blockedMs, now - last)
    last = now
  }
  const capped = message.end()
  const totalMs = performance.now() - start
  return { totalMs, blockedMs: Math.max(blockedMs, performance.now() - last), names, ...capped }
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  let from = 0
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, from)) {
    lines.push(bytes.subarray(from, at + 1))
    from = at + 1
  }
  return from < bytes.length ? [...lines, bytes.subarray(from)] : lines
}

const textHeader = 'Content-Type: text/plain; charset=utf-8'
const htmlHeader = 'Content-Type: text/html; charset=utf-8'

function rate(input: string, ms: number): string {
  return (input.length / 1000 / ms).toFixed(0)
}

async function compare(): Promise<void> {
  const stock = await createStockExtractor()
  const attachment = `${Buffer.alloc(730_000, 'abc').toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`
  const rows: [string, string, Extractor, number][] = [
    ['2 kB plain text, 3 links', plain, fromText, 2000],
    ['40 kB newsletter, 60 links', newsletter, fromHtml, 600],
    ['200 kB prose', prose, fromText, 200],
    ['1 MB base64 as text', attachment, fromText, 10],
  ]
  console.table(
    Object.fromEntries(
      rows.map(([what, input, ours, runs]) => {
        const [stockMs = 0, oursMs = 0] = bestMs(input, [stock, ours], runs)
        return [
          what,
          { stock: rate(input, stockMs), ours: rate(input, oursMs), ratio: (stockMs / oursMs).toFixed(1) },
        ]
      }),
    ),
  )
}

function row(received: readonly Received[]): Record<string, string | number> {
  const [best] = received.toSorted((one, other) => one.totalMs - other.totalMs)
  if (best === undefined) return {}
  const { totalMs, blockedMs, names, cappedNames, cappedBytes } = best
  return { ms: totalMs.toFixed(1), longest: blockedMs.toFixed(1), names, cappedNames, cappedBytes }
}

const threeTimes = (run: () => Received): Received[] => [run(), run(), run()]

function endure(): void {
  const table: Record<string, Record<string, string | number>> = {}
  for (const [what, body] of Object.entries(hostile)) {
    table[`text ${what}`] = row(threeTimes(() => receive(textHeader, body)))
    table[`html ${what}`] = row(threeTimes(() => receive(htmlHeader, body)))
  }
  console.table(table)
}

function large(): void {
  const names = distinctNames(4000, 64_000)
  const attachment = Buffer.from(Buffer.alloc(750_000, 'abc').toString('base64').replace(/.{76}/g, '$&\r\n'))
  const all = Buffer.from(Object.values(hostile).join('\r\n')).subarray(0, 25_000_000)
  const image = 'Content-Type: image/png\r\nContent-Transfer-Encoding: base64'
  console.table({
    '64 kB, 4,000 names, text': row(threeTimes(() => receive(textHeader, names))),
    '64 kB, 4,000 names, html': row(threeTimes(() => receive(htmlHeader, names))),
    '40 kB newsletter as a message': row(threeTimes(() => receive(htmlHeader, newsletter))),
    '1 MB base64 image': row(threeTimes(() => receive(image, attachment))),
    '1 MB base64 text': row(
      threeTimes(() => receive(`${textHeader}\r\nContent-Transfer-Encoding: base64`, attachment)),
    ),
    '25 MB of hostile patterns, text': row(threeTimes(() => receive(textHeader, all))),
    '25 MB of hostile patterns, html': row(threeTimes(() => receive(htmlHeader, all))),
    '25 MB of one-character lines': row(
      threeTimes(() => receive(textHeader, Buffer.alloc(25_000_000, '-\n'))),
    ),
  })
}

async function main(): Promise<void> {
  console.log('Extraction from decoded bodies, MB/s')
  await compare()
  console.log(
    'Received line by line: one megabyte of a pattern; milliseconds in total and for the longest line',
  )
  endure()
  console.log('Received line by line: other messages')
  large()
}

void main()
