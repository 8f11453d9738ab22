import type { SettingsError, SettingsPath } from './errors'

/** `config/gateway.yaml:12: listen.other[0]: "abc": must be …`; parts that there are none of are left out. */
export function formatError(error: SettingsError, folder = 'config'): string {
  const place = `${folder}/${error.file}${error.line === undefined ? '' : `:${error.line}`}`
  const parts = [place, formatPath(error.path), formatValue(error.value)]
  return [...parts.filter((part) => part !== ''), error.message].join(': ')
}

export function formatPath(path: SettingsPath): string {
  return path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`
      return /^[^\s"'[\]]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
    })
    .join('')
    .replace(/^\./, '')
}

/** Scalars only: a whole section says less than its path does. */
function formatValue(value: unknown): string {
  if (value === undefined || (typeof value === 'object' && value !== null)) return ''
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
