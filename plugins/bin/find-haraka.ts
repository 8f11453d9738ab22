import { createRequire } from 'node:module'
import { join } from 'node:path'

/**
 * Haraka's main file: the instance's own Haraka first, then the one beside this package, then one that is
 * installed globally next to this tool.
 */
export function findHaraka(instanceDir: string): string {
  for (const from of [join(instanceDir, 'package.json'), __filename, process.execPath]) {
    for (const name of ['haraka', 'Haraka', '../lib/node_modules/haraka', '../lib/node_modules/Haraka']) {
      try {
        return createRequire(from).resolve(`${name}/haraka.js`)
      } catch {
        // the next place
      }
    }
  }
  throw new Error(
    `Haraka is not installed; install it beside the instance: npm install --prefix ${instanceDir} haraka`,
  )
}
