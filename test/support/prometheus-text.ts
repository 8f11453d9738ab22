/** The text format of Prometheus (version 0.0.4), read strictly: what is not in it throws. */
export interface Metrics {
  /** Names of all families, those without samples too. */
  readonly families: ReadonlyMap<string, string>
  /** The sum of all samples of the name that have the labels. */
  readonly value: (name: string, labels?: Readonly<Record<string, string>>) => number | undefined
  readonly labels: (name: string) => readonly Readonly<Record<string, string>>[]
}

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const NAME = String.raw`[a-zA-Z_:][\w:]*`
const SAMPLE = new RegExp(String.raw`^(${NAME})(?:\{((?:${NAME}="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)$`)

export function parseMetrics(text: string): Metrics {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const families = new Map<string, string>()
  const samples: Sample[] = []
  const seen = new Set<string>()
  let family = ''
  let help = ''
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (kind === 'HELP') help = name
    if (kind === 'TYPE') {
      if (help !== name || families.has(name)) throw new Error(`out of order: ${line}`)
      families.set(name, typeOf(line, rest))
      family = name
    }
    if (kind !== undefined) continue
    const sample = parseSample(line)
    if (!belongsTo(family, sample.name)) throw new Error(`does not belong to ${family}: ${line}`)
    const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).toSorted())}`
    if (seen.has(key)) throw new Error(`there twice: ${line}`)
    seen.add(key)
    samples.push(sample)
  }
  for (const [name, type] of families) if (type === 'histogram') checkHistogram(name, samples)
  const of = (name: string): readonly Sample[] => samples.filter((sample) => sample.name === name)
  return {
    families,
    value(name, labels = {}) {
      const fitting = of(name).filter((sample) =>
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
      )
      return fitting.length === 0 ? undefined : fitting.reduce((sum, { value }) => sum + value, 0)
    },
    labels: (name) => of(name).map(({ labels }) => labels),
  }
}

function typeOf(line: string, type: string): string {
  if (!/^(?:counter|gauge|histogram)$/.test(type)) throw new Error(`no such type: ${line}`)
  return type
}

const belongsTo = (family: string, name: string): boolean =>
  name === family || name.replace(/_(?:bucket|sum|count)$/, '') === family

function parseSample(line: string): Sample {
  const [whole, name = '', labels = '', number = ''] = SAMPLE.exec(line) ?? []
  const value = Number(number.replace('Inf', 'Infinity'))
  if (whole === undefined || Number.isNaN(value)) throw new Error(`no sample: ${line}`)
  const pairs = [...labels.matchAll(/(?:^|,)(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [
    label,
    text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
  ])
  return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value }
}

/** Buckets rise, and the last holds all. */
function checkHistogram(name: string, samples: readonly Sample[]): void {
  for (const { labels, value: count } of samples.filter((sample) => sample.name === `${name}_count`)) {
    const isOf = (sample: Sample): boolean =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
    const buckets = samples.filter((sample) => sample.name === `${name}_bucket` && isOf(sample))
    const limits = buckets.map((bucket) => Number(bucket.labels.le?.replace('+Inf', 'Infinity')))
    const rises = (values: readonly number[]): boolean =>
      values.every((value, at) => at === 0 || value >= (values[at - 1] ?? 0))
    if (!rises(limits) || !rises(buckets.map(({ value }) => value)) || limits.at(-1) !== Infinity)
      throw new Error(`${name} has buckets out of order`)
    if (buckets.at(-1)?.value !== count) throw new Error(`${name} does not count what is in its buckets`)
  }
}
