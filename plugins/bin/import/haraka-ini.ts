/** The settings of one section; `key[]=` lines collect. */
export type IniSection = ReadonlyMap<string, string | readonly string[]>

export interface HarakaIni {
  readonly sections: ReadonlyMap<string, IniSection>
  /** Lines, counted from 1, that Haraka logs as invalid and passes over. */
  readonly invalidLines: readonly number[]
}

/** Haraka's dialect: comments fill a line, a backslash at the end goes on in the next, `main` comes first. */
export function parseHarakaIni(text: string): HarakaIni {
  const main = new Map<string, string | string[]>()
  const sections = new Map([['main', main]])
  const invalidLines: number[] = []
  let section = main
  let begun = ''
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const trimmed = line.trim()
    if (trimmed === '' || /^[;#]/.test(trimmed)) continue
    const name = /^\[([^\]]*)\]$/.exec(trimmed)?.[1]
    if (name !== undefined) {
      section = sections.get(name.trim()) ?? new Map<string, string | string[]>()
      sections.set(name.trim(), section)
    } else if (trimmed.endsWith('\\')) {
      begun += line.slice(0, line.lastIndexOf('\\'))
    } else {
      if (!setParameter(section, (begun + line).trim())) invalidLines.push(index + 1)
      begun = ''
    }
  }
  return { sections, invalidLines }
}

/** As Haraka merges an instance's file into the one that comes with a plugin: key by key, lists as a whole. */
export function mergeIni(defaults: HarakaIni, own: HarakaIni): HarakaIni {
  const names = new Set([...defaults.sections.keys(), ...own.sections.keys()])
  const sections = [...names].map(
    (name) =>
      [name, new Map([...(defaults.sections.get(name) ?? []), ...(own.sections.get(name) ?? [])])] as const,
  )
  return { sections: new Map(sections), invalidLines: own.invalidLines }
}

export function textOf(section: IniSection | undefined, key: string): string | undefined {
  const value = section?.get(key)
  return typeof value === 'string' ? value : value?.at(-1)
}

/** A yes or no as Haraka reads it, or undefined when nothing is written. */
export function booleanOf(section: IniSection | undefined, key: string): boolean | undefined {
  const text = textOf(section, key)
  return text === undefined ? undefined : /^(?:true|yes|ok|enabled|on|1)$/i.test(text)
}

function setParameter(section: Map<string, string | string[]>, line: string): boolean {
  const equals = line.indexOf('=')
  const key = (equals === -1 ? line : line.slice(0, equals)).trim()
  const value = equals === -1 ? '' : line.slice(equals + 1).trim()
  if (!/^[\w@:.+\-/[\]]+$/.test(key)) return false
  if (!key.endsWith('[]')) {
    section.set(key, value)
    return true
  }
  const before = section.get(key.slice(0, -2))
  section.set(key.slice(0, -2), [...(Array.isArray(before) ? before : []), value])
  return true
}
