import { type Endpoint, endpointName, explainBindError, wantedEndpoints } from '../haraka/endpoints'
import type { Trial, TrialOptions } from './index'

/** Ports that are not open yet, and an address that is new; what this gateway has open itself can't be tried. */
export function portTrials({ next, now, tryPort }: TrialOptions): Trial[] {
  const { listen } = next.settings
  const isOpen = new Set(wantedEndpoints(now.settings.listen).map(({ port }) => port))
  const fresh = wantedEndpoints(listen).filter(({ port }) => !isOpen.has(port))
  const isNewAddress = listen.address !== now.settings.listen.address
  const address: Endpoint[] = isNewAddress && fresh.length === 0 ? [{ host: listen.address, port: 0 }] : []
  return [...fresh, ...address].map((endpoint) => ({
    path: portPath(endpoint, listen.other),
    what: endpointName(endpoint),
    async run() {
      const fault = await endpointFault(endpoint, tryPort)
      return fault === undefined ? [] : [fault.text]
    },
  }))
}

/** What keeps an endpoint from being opened. */
export async function endpointFault(
  endpoint: Endpoint,
  tryPort: TrialOptions['tryPort'],
): Promise<{ readonly text: string; readonly code?: string } | undefined> {
  const fault = await tryPort(endpoint)
  if (!fault) return undefined
  const { code } = fault
  const text = `cannot listen on ${endpointName(endpoint)}: ${explainBindError({ code, message: fault.message }, endpoint)}`
  return { text, ...(code !== undefined && { code }) }
}

function portPath({ port }: Endpoint, other: readonly number[]): (string | number)[] {
  const ownKeys: Readonly<Record<number, string>> = {
    0: 'address',
    25: 'smtp',
    465: 'smtps',
    587: 'submission',
  }
  const ownKey = ownKeys[port]
  return ownKey === undefined ? ['listen', 'other', other.indexOf(port)] : ['listen', ownKey]
}
