'use strict'
// npm run bench [-- NAME... [OPTIONS]]: measures on this machine, beside peers where there are any. Nothing is
// asserted. Without a name: the whole gateway beside a bare Haraka and the stock plugins.
const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { install, root, run } = require('./run')

const all = [
  'gateway',
  'latency',
  'growth',
  'endurance',
  'parts',
  'profile',
  'extraction',
  'mark-from',
  'journal',
  'journal-throughput',
  'watchers',
]
const options = process.argv.findIndex((argument, index) => index > 1 && argument.startsWith('-'))
const wanted = process.argv.slice(2, options === -1 ? undefined : options)
const passedOn = options === -1 ? [] : process.argv.slice(options)

install()
for (const name of wanted.length > 0 ? wanted : ['gateway']) {
  const file = join(root, 'scripts', 'bench', `${name}.ts`)
  if (!existsSync(file)) {
    console.error(`no benchmark ${JSON.stringify(name)}; there are: ${all.join(', ')}`)
    process.exit(1)
  }
  console.log(`\n== ${name}`)
  run(process.execPath, ['--expose-gc', '-r', 'ts-node/register', file, ...passedOn])
}
