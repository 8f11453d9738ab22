import type { Log } from '../log'
import type { HarakaPlugin } from './types'

/** Haraka's logger as an engine's log; lines carry the plugin's name. */
export function harakaLog(plugin: HarakaPlugin): Log {
  return {
    debug: (line) => {
      plugin.logdebug(line)
    },
    info: (line) => {
      plugin.loginfo(line)
    },
    notice: (line) => {
      plugin.lognotice(line)
    },
    warn: (line) => {
      plugin.logwarn(line)
    },
    error: (line) => {
      plugin.logerror(line)
    },
  }
}
