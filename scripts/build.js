'use strict'
// Fills dist/ with the package that operators install: haraka-plugin-gateway.
const { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { root, runTool } = require('./run')
const {
  devDependencies,
  dependencies,
  optionalDependencies,
  version,
  description,
  license,
  engines,
} = require('../package.json')

const dist = join(root, 'dist')
const plugins = readdirSync(join(root, 'plugins')).filter((name) =>
  existsSync(join(root, 'plugins', name, 'index.ts')),
)

rmSync(dist, { recursive: true, force: true })
runTool('typescript/bin/tsc', ['-p', 'plugins'])

for (const name of plugins) {
  // A plugin found through a package.json is loaded in the main realm, not in Haraka's sandbox.
  writeJson(join(dist, name, 'package.json'), {
    name: `haraka-plugin-gateway-${name}`,
    version,
    main: 'index.js',
  })
}
cpSync(join(root, 'plugins', 'status', 'web'), join(dist, 'status', 'web'), {
  recursive: true,
  filter: (path) => !/\.d\.ts$|tsconfig\.json$/.test(path),
})
cpSync(join(root, 'config'), join(dist, 'config'), { recursive: true })
for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) {
  if (existsSync(join(root, file))) cpSync(join(root, file), join(dist, file))
}
chmodSync(join(dist, 'bin', 'haraka-gateway.js'), 0o755)
writeJson(join(dist, 'package.json'), {
  name: 'haraka-plugin-gateway',
  version,
  description,
  license,
  engines,
  bin: { 'haraka-gateway': 'bin/haraka-gateway.js' },
  keywords: ['haraka', 'haraka-plugin', 'smtp', 'dnsbl', 'mail gateway'],
  dependencies,
  optionalDependencies,
  // Most operators have Haraka installed globally; a second copy would only be confusing.
  peerDependencies: { haraka: devDependencies.haraka.replace(/^[~^]?/, '^') },
  peerDependenciesMeta: { haraka: { optional: true } },
})

function writeJson(file, value) {
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}
