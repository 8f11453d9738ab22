'use strict'
// npm start: installs and builds what is missing, creates ./instance if there is none, runs Haraka on it.
const { existsSync, readdirSync, statSync } = require('node:fs')
const { join } = require('node:path')
const { install, root, run } = require('./run')

install()
if (!isBuilt()) run(process.execPath, [join(root, 'scripts', 'build.js')])

const tool = join(root, 'dist', 'bin', 'haraka-gateway.js')
if (!existsSync(join(root, 'instance'))) run(process.execPath, [tool, 'init', 'instance'])

// In this process, so that Ctrl-C and signals reach Haraka itself.
process.chdir(root)
process.argv = [process.execPath, tool, 'start', 'instance']
require(tool)

function isBuilt() {
  const built = join(root, 'dist', 'package.json')
  if (!existsSync(built)) return false
  const since = statSync(built).mtimeMs
  return ['plugins', 'config', 'package.json'].every((name) => newest(join(root, name)) <= since)
}

function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}
