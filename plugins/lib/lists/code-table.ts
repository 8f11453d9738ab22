import type { KnownList } from './catalogue/known-list'
import { parseCodePattern, type CodePattern, type Octets } from './code-pattern'
import type { ListAction } from './types'

/** What the operator wants for single return codes: `127.0.0.10-11: note`. */
export type CodeOverrides = Readonly<Record<string, ListAction | 'ignore'>>

/** One meaning of an answer before the operator's wishes are applied. */
interface Line {
  readonly pattern: CodePattern
  readonly meaning: string
  readonly action: ListAction
}

interface ErrorLine {
  readonly pattern: CodePattern
  readonly reason: string
}

interface Override {
  readonly pattern: CodePattern
  readonly action: ListAction | 'ignore'
}

/** How the answers of one list are read. */
export interface CodeTable {
  readonly lines: readonly Line[]
  readonly errors: readonly ErrorLine[]
  readonly others: Omit<Line, 'pattern'> | undefined
  readonly overrides: readonly Override[]
  /** What every listing does, unless its code says otherwise. */
  readonly action: ListAction | undefined
}

export function createCodeTable(
  list: Pick<KnownList, 'codes' | 'errors' | 'others'>,
  wishes: { readonly action?: ListAction | undefined; readonly codes?: CodeOverrides | undefined } = {},
): CodeTable {
  return {
    lines: list.codes.map(({ code, ...line }) => ({ pattern: parseCodePattern(code), ...line })),
    errors: list.errors.map(({ code, reason }) => ({ pattern: parseCodePattern(code), reason })),
    others: list.others,
    overrides: Object.entries(wishes.codes ?? {}).flatMap(readOverride),
    action: wishes.action,
  }
}

/** Settings that do not validate must not stop the lists: a code that means nothing is left out. */
function readOverride([code, action]: [string, ListAction | 'ignore']): readonly Override[] {
  try {
    return [{ pattern: parseCodePattern(code), action }]
  } catch {
    return []
  }
}

/** Whether a code of the settings speaks of an answer that means an error to this list. */
export function isErrorCode(list: Pick<KnownList, 'codes' | 'errors'>, code: string): boolean {
  const wanted = parseCodePattern(code)
  const [, b = 0, c = 0] = code.split('.').map(Number)
  const table = createCodeTable(list)
  for (let last = 0; last <= 255; last++) {
    const octets: Octets = [127, b, c, last]
    if (wanted.matches(octets) && table.errors.some(({ pattern }) => pattern.matches(octets))) return true
  }
  return b === 255 && c === 255
}
