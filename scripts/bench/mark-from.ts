/** What marking costs: `node -r ts-node/register scripts/bench/mark-from.ts`. */
import { createAlignment } from '../../plugins/mark-from/alignment'
import { editedHeader, fromValues } from '../../plugins/mark-from/header-edit'
import { createMarkFrom } from '../../plugins/mark-from/mark'
import { markFromSettings } from '../../plugins/lib/settings/mark-from'

const settings = markFromSettings.parse({ enabled: true })
const markFrom = createMarkFrom(settings, ['our.example'])
const alignment = createAlignment(settings)
const otherLines = Array.from(
  { length: 30 },
  (_, index) => `X-Header-${index}: some value of a usual length\n`,
)

const cases = [
  ['equal hosts', '"News" <n@shop.com>', 'shop.com'],
  ['same organisation', '"News" <n@shop.com>', 'em1.shop.com'],
  ['ASCII name, marked', '"Our Newsletter" <n@shop.com>', 'mail-service.com'],
  ['encoded name, marked', '=?iso-8859-1?Q?Caf=E9_zur_sch=F6nen_Aussicht?= <c@cafe.fr>', 'mail-service.com'],
  ['over-long emoji name, marked', `"${'👩‍👩‍👧 Ünïcödé '.repeat(12)}" <c@cafe.fr>`, 'mail-service.com'],
  ['three mailboxes, marked', 'A <a@x.com>, "B" <b@y.com>, c@z.com (C)', 'mail-service.com'],
  ['hostile, marked', '"x" <info@bank.com (a(b)c> "=?utf-8?Q?=?=" <@r:e@evil.net> tail', 'evil.net'],
] as const

/** Median of several rounds, in microseconds of CPU a call: other work on the machine does not count. */
function microseconds(run: () => void): number {
  const rounds = Array.from({ length: 9 }, () => {
    const start = process.cpuUsage()
    for (let calls = 0; calls < 5_000; calls += 1) run()
    return process.cpuUsage(start).user / 5_000
  })
  return rounds.sort((a, b) => a - b)[4] ?? 0
}

function report(label: string, run: () => void): void {
  run()
  console.log(`${label.padEnd(40)}${microseconds(run).toFixed(2).padStart(8)} µs`)
}

report('organisational domain', () => alignment.organisationalDomain('em1.news.shop.co.uk'))
for (const [label, from, host] of cases) {
  const lines = [...otherLines, `From: ${from}\n`, ...otherLines]
  report(label, () => {
    const fields = fromValues(lines)
    const outcome = markFrom({
      fields,
      sender: { host, source: 'envelope' },
      recipientDomains: ['our.example'],
    })
    editedHeader(lines, outcome, settings)
  })
}
