import type { ExplainedHeader } from './report'

/** What became of the header; fields are compared with their folds, each as often as it stands there. */
export function headerChanges(before: readonly string[], after: readonly string[]): ExplainedHeader {
  return {
    fromBefore: before.filter(isFrom),
    fromAfter: after.filter(isFrom),
    added: missingIn(before, after),
    removed: missingIn(after, before),
  }
}

const isFrom = (field: string): boolean => /^from[ \t]*:/i.test(field)

/** Fields of `fields` that `others` has not, or not as often. */
function missingIn(others: readonly string[], fields: readonly string[]): readonly string[] {
  const left = [...others]
  return fields.filter((field) => {
    const at = left.indexOf(field)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}
