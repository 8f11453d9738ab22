import type { Gateway } from '../lib/gateway'
import { createListFolder } from '../lib/list-files/list-folder'

const TRIES = 5

/**
 * Changes a list file, and has the other gateways of a fleet take it. When another gateway was first, its file is
 * taken and the change made again. `isChanged` tells whether there is anything to share.
 */
export async function changeListFile<Result>(
  { instanceDir, fleet, log }: Gateway,
  name: string,
  by: string,
  change: () => Promise<Result>,
  isChanged: (result: Result) => boolean = () => true,
): Promise<Result> {
  if (!fleet.isMember()) return change()
  const folder = createListFolder(instanceDir)
  // A file that is elsewhere belongs to this gateway alone.
  if (folder.nameOf(name) !== name) return change()
  for (let tries = 1; ; tries++) {
    const before = folder.read(name)?.text
    const result = await change()
    if (!isChanged(result)) return result
    const saved = folder.read(name)?.version
    const sharing = await fleet.share(name, {
      by,
      before: before ?? '',
      ...(saved !== undefined && { saved }),
    })
    if (sharing.kind === 'not shared')
      log.warn(`fleet: ${name} is changed on this gateway alone: ${sharing.reason}`)
    if (sharing.kind !== 'overtaken' || tries >= TRIES) return result
    if (saved !== undefined) await folder.replace(name, before, { fingerprint: saved })
    await fleet.catchUp()
  }
}
