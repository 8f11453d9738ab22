import { join } from 'node:path'
import type { Document } from 'yaml'
import type { Gateway } from '../../lib/gateway'
import { editSecrets, type SecretsPlace } from '../../lib/settings/secrets-file'
import { ApiError } from './route'

/** Changes gateway.secrets.yaml, and waits until every process goes by it. */
export async function changeSecrets<Result>(
  gateway: Gateway,
  edit: (document: Document) => Result,
): Promise<Result> {
  if (gateway.settingsState().status.kind === 'invalid') {
    throw new ApiError(
      409,
      'the settings files are not valid now, so nothing new would count: mend them first',
    )
  }
  const result = await editSecrets(secretsPlace(gateway), edit).catch((error: unknown) => {
    throw error instanceof ApiError ? error : new ApiError(409, whyNot(error))
  })
  await gateway.editing.agreement.reach(gateway.editing.text().version, [], [])
  return result
}

export const secretsPlace = ({ instanceDir, hostname }: Gateway): SecretsPlace => ({
  configDir: join(instanceDir, 'config'),
  stateDir: join(instanceDir, 'state'),
  hostname,
})

/** The system's own code, such as ENOSPC; a fault of the file might quote it. */
function whyNot(error: unknown): string {
  const { code = 'it is not valid as it is' } = error as NodeJS.ErrnoException
  return `config/gateway.secrets.yaml cannot be changed (${code})`
}
