'use strict'
// What the scripts share. Plain JavaScript: they run before anything is installed or built.
const { spawnSync } = require('node:child_process')
const { existsSync, statSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '..')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

/** Runs a command in the repository; ends this process with its exit code when it fails. */
function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

/** A tool of node_modules, run by this Node. */
function runTool(file, args = [], options = {}) {
  run(process.execPath, [join(root, 'node_modules', file), ...args], options)
}

/** Installs what package-lock.json names, when that has changed since the last time. */
function install() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  const isCurrent =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  if (!isCurrent) run(npm, ['ci', '--no-fund', '--no-audit', '--loglevel=error'])
}

/** Runs a script in TypeScript, against the gateway as it is built now. */
function runScript(...path) {
  install()
  run(process.execPath, [join(root, 'scripts', 'build.js')])
  run(process.execPath, ['-r', 'ts-node/register', join(root, 'scripts', ...path), ...process.argv.slice(2)])
}

module.exports = { root, run, runTool, runScript, install }
