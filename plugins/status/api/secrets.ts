import { join } from 'node:path'
import type { Document } from 'yaml'
import type { Gateway } from '../../lib/gateway'
import { editSecrets } from '../../lib/settings/secrets-file'
import { ApiError } from './route'

/** Changes gateway.secrets.yaml, and waits until every process goes by it. */
export async function changeSecrets<Result>(
  gateway: Gateway,
  edit: (document: Document) => Result,
): Promise<Result> {
  const place = { configDir: join(gateway.instanceDir, 'config'), hostname: gateway.hostname }
  const result = tryEdit(() => editSecrets(place, edit))
  await gateway.reloadSettings()
  return result
}

function tryEdit<Result>(edit: () => Result): Result {
  try {
    return edit()
  } catch (error) {
    if (error instanceof ApiError) throw error
    const { code } = error as NodeJS.ErrnoException
    const reason = code === undefined ? 'it is not valid as it is' : code
    throw new ApiError(
      409,
      `config/gateway.secrets.yaml cannot be changed (${reason}): mend it by hand first`,
    )
  }
}
