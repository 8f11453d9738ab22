'use strict'
// npm run bench [-- NAME...]: measures on this machine, beside peers where there are any. Nothing is asserted.
const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { install, root, run } = require('./run')

const all = ['extraction', 'mark-from', 'journal', 'journal-throughput']
const wanted = process.argv.slice(2)

install()
for (const name of wanted.length > 0 ? wanted : all) {
  const file = join(root, 'scripts', 'bench', `${name}.ts`)
  if (!existsSync(file)) {
    console.error(`no benchmark ${JSON.stringify(name)}; there are: ${all.join(', ')}`)
    process.exit(1)
  }
  console.log(`\n== ${name}`)
  run(process.execPath, ['--expose-gc', '-r', 'ts-node/register', file])
}
