import type { Bus, ProcessAnswer } from '../haraka/bus'
import type { Secrets, Settings } from '../settings/schema'
import type { SettingsStatus, SettingsStore } from '../settings/store'

/** The settings as plugins see them. */
export interface SharedSettings {
  settings(): Settings
  secrets(): Secrets
  /** Calls the listener with the settings in force, now and after each change. */
  onSettings(listener: (settings: Settings, secrets: Secrets) => void): void
  settingsState(): SettingsState
  /** Has every process read the files now, for whoever has just written them; what each has in force then. */
  reloadSettings(): Promise<readonly ReloadedProcess[]>
}

/** Which settings a process has in force, and whether the files say the same. */
export interface SettingsState {
  readonly version: string
  readonly status: SettingsStatus
}

export interface ReloadedProcess extends Pick<ProcessAnswer, 'pid' | 'role'> {
  /** Undefined: it did not answer. */
  readonly state: SettingsState | undefined
}

const RELOAD = 'settings-reload'

export function shareSettings(store: SettingsStore, bus: Bus): SharedSettings {
  const settingsState = (): SettingsState => ({ version: store.current().version, status: store.status() })
  bus.answer(RELOAD, () => {
    store.refresh()
    return settingsState()
  })
  return {
    settings: () => store.current().settings,
    secrets: () => store.current().secrets,
    settingsState,
    onSettings(listener) {
      const tell = (): void => {
        listener(store.current().settings, store.current().secrets)
      }
      store.onChange(tell)
      tell()
    },
    async reloadSettings() {
      const answers = await bus.ask(RELOAD)
      return answers.map(({ pid, role, answer }) => ({
        pid,
        role,
        state: answer as SettingsState | undefined,
      }))
    },
  }
}
