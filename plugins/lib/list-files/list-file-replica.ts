import { fingerprint } from '../fingerprint'
import { CHANGED_MEANWHILE, type Replica } from '../fleet/replica'
import { diskFault } from '../settings/save/disk-fault'
import { createListFolder } from './list-folder'

/** The list files of a gateway as a fleet shares them, by their names in the settings: `lists/NAME.txt`. */
export function createListFileReplicas(instanceDir: string): (name: string) => Replica | undefined {
  const folder = createListFolder(instanceDir)
  return (name) => {
    if (folder.nameOf(name) !== name) return undefined
    const read = (): string | undefined => folder.read(name)?.text
    return {
      read,
      fingerprint,
      async take({ text }, over) {
        try {
          const isReplaced = await folder.replace(name, text, over)
          return isReplaced ? undefined : CHANGED_MEANWHILE
        } catch (error) {
          return diskFault(error).reason
        }
      },
      circumstances: () => fingerprint(read() ?? ''),
      // There is no history that would keep what is lost.
      yields: false,
    }
  }
}
