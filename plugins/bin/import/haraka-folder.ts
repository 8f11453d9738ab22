import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { parseHarakaIni, type HarakaIni } from './haraka-ini'

/** The configuration of a Haraka that runs the stock list plugins. */
export interface HarakaFolder {
  readonly name: string
  /** Undefined when there is no such file. */
  readIni(file: string): HarakaIni | undefined
  /** Lines that are neither empty nor comments. */
  readLines(file: string): readonly string[] | undefined
  /** The file that comes with the installed plugin: Haraka merges the instance's own file into it. */
  readDefaultIni(plugin: string, file: string): HarakaIni | undefined
  /** Whether config/plugins names it; undefined when there is no such file. */
  runs(plugin: string): boolean | undefined
}

/** `name` is an instance of Haraka or its configuration folder. */
export function openHarakaFolder(name: string): HarakaFolder {
  const given = resolve(name)
  if (!isFolder(given)) throw new Error(`${name} is no folder; give a Haraka instance or its config folder`)
  const configDir = isFolder(join(given, 'config')) ? join(given, 'config') : given
  const instanceDir = basename(configDir) === 'config' ? dirname(configDir) : configDir
  const readLines = (file: string): readonly string[] | undefined => linesOf(read(join(configDir, file)))
  const plugins = readLines('plugins')
  return {
    name,
    readLines,
    readIni: (file) => iniOf(read(join(configDir, file))),
    readDefaultIni: (plugin, file) =>
      packageFolders(instanceDir, plugin)
        .map((folder) => iniOf(read(join(folder, 'config', file))))
        .find((ini) => ini !== undefined),
    runs: (plugin) => plugins?.some((line) => line === plugin || line === `haraka-plugin-${plugin}`),
  }
}

/** Beside the instance, or among the optional dependencies of the instance's own Haraka. */
function packageFolders(instanceDir: string, plugin: string): readonly string[] {
  return ['.', 'node_modules/haraka', 'node_modules/Haraka'].map((from) =>
    join(instanceDir, from, 'node_modules', `haraka-plugin-${plugin}`),
  )
}

function read(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').replace(/^\uFEFF/, '') : undefined
}

function iniOf(text: string | undefined): HarakaIni | undefined {
  return text === undefined ? undefined : parseHarakaIni(text)
}

function linesOf(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[;#]/.test(line))
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
