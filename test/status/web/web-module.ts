import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { importModule } from '../../support/import-module'

const web = join(__dirname, '..', '..', '..', 'plugins', 'status', 'web')

/** A module of the page that needs no browser: `forms/changes.js`. */
export function webModule<Module>(name: string): Promise<Module> {
  return importModule<Module>(pathToFileURL(join(web, name)).href)
}
