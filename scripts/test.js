'use strict'
// npm test: installs, builds, lints, type-checks, runs every test.
const { availableParallelism } = require('node:os')
const { join } = require('node:path')
const { install, root, run, runTool } = require('./run')

install()
run(process.execPath, [join(root, 'scripts', 'debian-packages.js')])
step('build')
run(process.execPath, [join(root, 'scripts', 'build.js')])
step('lint')
runTool('eslint/bin/eslint.js', ['.'])
runTool('prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.'])
step('types')
runTool('typescript/bin/tsc', ['--noEmit'])
runTool('typescript/bin/tsc', ['--noEmit', '-p', 'plugins/status/web'])
step('tests')
const only = process.argv.slice(2)
runTool('mocha/bin/mocha.js', [
  // Most tests wait for a Haraka, a DNS server or a client most of the time.
  '--parallel',
  '--jobs',
  String(Math.min(availableParallelism() + 2, 8)),
  '--reporter',
  join('scripts', 'mocha-reporter.js'),
  ...(only.length > 0 ? only : ['test/**/*.test.ts']),
])

function step(name) {
  console.log(`\n== ${name}`)
}
