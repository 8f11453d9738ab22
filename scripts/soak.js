'use strict'
// npm run soak [-- --minutes N --seed N]: a real gateway under load for a while, something breaking each minute, and
// every message accounted for. Exit code 1 when one was lost, doubled, wrongly refused or never taken.
const { join } = require('node:path')
const { install, root, run } = require('./run')

install()
run(process.execPath, [join(root, 'scripts', 'build.js')])
run(process.execPath, [
  '-r',
  'ts-node/register',
  join(root, 'scripts', 'soak', 'soak.ts'),
  ...process.argv.slice(2),
])
