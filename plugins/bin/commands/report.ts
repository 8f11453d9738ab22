import { createReport, type ListReport } from '../../lib/journal/report'
import type { Command } from '../commands'
import { openInstance } from '../instance'
import { formatTable } from '../table'
import { parseTime } from '../time'
import { UsageError } from '../usage-error'
import { openJournal } from './search'

/** What each list did to the mail of the last days: which one is worth its money, which one can be trusted. */
export const report: Command = {
  name: 'report',
  usage: 'report DIR [--since TIME] [--until TIME] [--json]',
  summary: 'what each list caught, or would have refused; default: of the last 7 days',
  options: ['since', 'until'],
  flags: ['json'],
  run([dir, ...more], { since = '7d', until = '0s' }, flags) {
    if (!dir || more.length > 0) throw new UsageError('report takes one folder')
    const now = Date.now()
    const period = [parseTime('--since', since, now), parseTime('--until', until, now)] as const
    const store = openJournal(openInstance(dir))
    try {
      const lists = createReport(store.each(...period))
      if (flags.has('json')) process.stdout.write(`${JSON.stringify(lists, undefined, 2)}\n`)
      else if (lists.length === 0) process.stderr.write('no list was asked in that time\n')
      else process.stdout.write(formatTable(HEAD, lists.map(row)))
      return 0
    } finally {
      store.close()
    }
  },
}

const HEAD = [
  'list',
  'asked',
  'listed',
  'only it',
  'refused',
  'would refuse',
  'timeouts',
  'errors',
  'not asked',
  'median ms',
  'p99 ms',
  'most in common with',
]

function row(list: ListReport): readonly (string | number)[] {
  const { overlap } = list
  const share = overlap ? Math.round((overlap.messages / list.listed) * 100) : 0
  return [
    `${list.list} (${list.id.split('/', 1)[0] ?? ''})`,
    ...[list.asked, list.listed, list.unique, list.refused, list.wouldRefuse],
    ...[list.timeouts, list.errors, list.skipped, list.medianMs, list.p99Ms],
    overlap ? `${overlap.list} ${share} %` : '',
  ]
}
