/** A metric with all its samples, in the form that prom-client passes between processes. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly values: readonly Sample[]
  readonly aggregator: 'sum'
}

export interface Sample {
  readonly value: number
  readonly labels: Labels
  /** Of parts of a histogram. */
  readonly metricName?: string
}

/** No label holds a key: lists are named by their ids, which have `<key>` in its place. */
export type Labels = Readonly<Record<string, string | number>>

export const counter = (name: string, help: string, values: readonly Sample[]): Family => ({
  name,
  help,
  type: 'counter',
  values,
  aggregator: 'sum',
})

export const gauge = (name: string, help: string, values: readonly Sample[]): Family => ({
  ...counter(name, help, values),
  type: 'gauge',
})

export const sample = (value: number, labels: Labels = {}): Sample => ({ value, labels })

/** One sample for each key of a record, which becomes the label. */
export const byLabel = (label: string, values: Readonly<Record<string, number>>): readonly Sample[] =>
  Object.entries(values).map(([key, value]) => sample(value, { [label]: key }))

export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

export interface Distribution {
  readonly labels: Labels
  /** Counts between the limits; one more than there are limits. */
  readonly counts: readonly number[]
  readonly sum: number
}

export function histogram(
  name: string,
  help: string,
  limits: readonly number[],
  distributions: readonly Distribution[],
): Family {
  const values = distributions.flatMap(({ labels, counts, sum }) => {
    let counted = 0
    const buckets = counts.map((count, at) => {
      counted += count
      return { value: counted, labels: { ...labels, le: limits[at] ?? '+Inf' }, metricName: `${name}_bucket` }
    })
    return [
      ...buckets,
      { value: sum, labels, metricName: `${name}_sum` },
      { value: counted, labels, metricName: `${name}_count` },
    ]
  })
  return { name, help, type: 'histogram', values, aggregator: 'sum' }
}
