import type { Secrets, Settings } from './schema'

export type SettingsFile = 'gateway.yaml' | 'gateway.secrets.yaml'
/** More are of no use to anyone, and take long to explain. */
export const maxErrors = 100

export type SettingsPath = readonly (string | number)[]

/** One thing that is wrong, where, and what would be right. */
export interface SettingsError {
  readonly file: SettingsFile
  readonly path: SettingsPath
  /** Counted from 1; absent when the file has no such place. */
  readonly line?: number
  /** What is written there. Never set for the secrets file. */
  readonly value?: unknown
  readonly message: string
}

/** What a check finds; the line and, for secrets, the redaction are added by the parser. */
export interface SettingsProblem {
  /** Default: gateway.yaml. */
  readonly file?: SettingsFile
  readonly path: SettingsPath
  readonly value?: unknown
  readonly message: string
}

/** Looks at settings whose form is right: what doesn't fit together, what can't work here. */
export type SettingsCheck = (settings: Settings, secrets: Secrets) => readonly SettingsProblem[]
