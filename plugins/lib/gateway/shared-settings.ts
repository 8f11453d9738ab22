import type { Secrets, Settings } from '../settings/schema'
import type { SettingsStatus, SettingsStore } from '../settings/store'

/** The settings as plugins see them. */
export interface SharedSettings {
  settings(): Settings
  secrets(): Secrets
  /** Calls the listener with the settings in force, now and after each change. */
  onSettings(listener: (settings: Settings, secrets: Secrets) => void): void
  settingsState(): SettingsState
}

/** Which settings a process has in force, and whether the files say the same. */
export interface SettingsState {
  readonly version: string
  readonly status: SettingsStatus
}

export function shareSettings(store: SettingsStore): SharedSettings {
  return {
    settings: () => store.current().settings,
    secrets: () => store.current().secrets,
    settingsState: () => ({ version: store.current().version, status: store.status() }),
    onSettings(listener) {
      const tell = (): void => {
        listener(store.current().settings, store.current().secrets)
      }
      store.onChange(tell)
      tell()
    },
  }
}
