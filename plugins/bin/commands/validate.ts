import { resolve } from 'node:path'
import { wantedEndpoints } from '../../lib/haraka/endpoints'
import { tryPort } from '../../lib/haraka/shared-ports'
import { formatError } from '../../lib/settings/format-errors'
import type { Settings } from '../../lib/settings/schema'
import { judgeCertificate } from '../../lib/trials/certificate'
import { endpointFault } from '../../lib/trials/ports'
import type { Command } from '../commands'
import { instanceHostname, loadInstanceSettings, parseInstance, type Instance } from '../instance'

/** Checks all settings by the code that a running gateway takes them with, and whether they work on this host. */
export const validate: Command = {
  name: 'validate',
  usage: 'validate DIR',
  summary: 'check the settings; each error on a line of its own',
  options: [],
  async run(args) {
    const instance = parseInstance('validate', args)
    const result = loadInstanceSettings(instance)
    if (result.kind === 'invalid') {
      for (const error of result.errors) process.stderr.write(`${formatError(error)}\n`)
      return 1
    }
    const { settings } = result.loaded
    const { errors, warnings } = certificateDates(settings, instance)
    for (const warning of [...warnings, ...(await closedPorts(settings))]) {
      process.stderr.write(`warning: ${warning}\n`)
    }
    for (const error of errors) process.stderr.write(`${error}\n`)
    if (errors.length > 0) return 1
    process.stdout.write('settings are valid\n')
    return 0
  },
}

/** A running gateway does not put a certificate past its dates in the place of a good one. */
function certificateDates({ tls }: Settings, instance: Instance): { errors: string[]; warnings: string[] } {
  if (tls.certificate === '') return { errors: [], warnings: [] }
  const path = resolve(instance.configDir, tls.certificate)
  const { outdated, warnings } = judgeCertificate(path, instanceHostname(instance))
  const setting = `tls.certificate: ${JSON.stringify(tls.certificate)}`
  return {
    errors: outdated === undefined ? [] : [`${setting}: ${outdated}: renew it`],
    warnings: warnings.map((warning) => `${setting}: ${warning}`),
  }
}

/** Only a warning: a gateway that runs already has them open itself. */
async function closedPorts({ listen }: Settings): Promise<string[]> {
  const faults = await Promise.all(
    wantedEndpoints(listen).map((endpoint) => endpointFault(endpoint, tryPort)),
  )
  return faults.flatMap((fault) => {
    if (!fault) return []
    const own = fault.code === 'EADDRINUSE' ? '; that is fine when it is this gateway, running' : ''
    return [`listen: ${fault.text}${own}`]
  })
}
