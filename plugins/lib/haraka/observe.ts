import { errorText } from '../error-text'
import type { HarakaPlugin, Next } from './types'

/**
 * Looks on in a hook, synchronously, and never decides anything: Haraka goes on to the next plugin whatever
 * happens here. `object` is the connection, or in hooks of the outbound queue the mail.
 */
export function observeHook(
  plugin: HarakaPlugin,
  hook: string,
  priority: number,
  see: (subject: never, params: unknown) => void,
): void {
  // Not the method of `registerHook`: the plugin may have a hook of its own there.
  const method = `see_${hook}`
  plugin[method] = (next: Next, subject: unknown, params: unknown): void => {
    try {
      see(subject as never, params)
    } catch (error) {
      plugin.logerror(`${hook} could not be observed: ${errorText(error)}`)
    }
    next()
  }
  plugin.register_hook(hook, method, priority)
}
