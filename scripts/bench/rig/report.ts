import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

/** Columns as wide as their widest cell, numbers to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of rows) {
    console.log(
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
    ) // prettier-ignore
  }
}

/** 0.123, 1.23, 12.3, 123 */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '-'
  return Math.abs(value) >= 100
    ? value.toFixed(0)
    : Math.abs(value) >= 10
      ? value.toFixed(1)
      : value.toFixed(2)
}

/** Nobody is always the first after the others. */
export function inTurn<Item>(items: readonly Item[], round: number): readonly Item[] {
  const first = Math.abs(round) % items.length
  return [...items.slice(first), ...items.slice(0, first)]
}

export interface BenchOptions {
  /** How often everything is measured. */
  readonly rounds: number
  readonly out: string
}

/** `--rounds N --out FILE`, the same for every bench. */
export function benchOptions(name: string, rounds: number): BenchOptions {
  const { values } = parseArgs({ options: { rounds: { type: 'string' }, out: { type: 'string' } } })
  return {
    rounds: Number(values.rounds ?? rounds),
    out: values.out ?? reportFile(name),
  }
}

export const reportFile = (name: string): string =>
  join(__dirname, '..', '..', '..', 'test-output', 'bench', `${name}.json`)

export function writeReport(
  { out }: Pick<BenchOptions, 'out'>,
  report: Readonly<Record<string, unknown>>,
): void {
  const machine = { cores: cpus().length, cpu: cpus()[0]?.model, node: process.version }
  mkdirSync(dirname(out), { recursive: true })
  writeFileSync(out, `${JSON.stringify({ date: new Date().toISOString(), machine, ...report }, null, 2)}\n`)
  console.log(`\nwritten to ${out}`)
}
