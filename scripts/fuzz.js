'use strict'
// npm run fuzz [-- TARGET... --seconds N --seed N --runs N]: hostile input for every engine and for a real Haraka.
// What fails says which seed repeats it.
const { join } = require('node:path')
const { install, root, run } = require('./run')

install()
run(process.execPath, [join(root, 'scripts', 'build.js')])
run(process.execPath, [
  '-r',
  'ts-node/register',
  join(root, 'scripts', 'fuzz', 'fuzz.ts'),
  ...process.argv.slice(2),
])
