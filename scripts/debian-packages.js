'use strict'
// The programs the tests use as real counterparts. Installed where we may (root on Debian under CI); elsewhere
// the tests that need a missing one say so and are skipped.
const { spawnSync } = require('node:child_process')
const { existsSync } = require('node:fs')

const packages = {
  rbldnsd: ['/usr/sbin/rbldnsd', '/usr/bin/rbldnsd'],
  swaks: ['/usr/bin/swaks'],
  postfix: ['/usr/sbin/smtp-sink'],
  'redis-server': ['/usr/bin/redis-server'],
  // Chromium without windows: a third less to do than with them.
  'chromium-headless-shell': ['/usr/bin/chromium-headless-shell'],
}

const missing = Object.keys(packages).filter((name) => !packages[name].some((file) => existsSync(file)))
if (missing.length > 0) {
  if (process.env.CI && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const apt = (...args) =>
      spawnSync('apt-get', args, {
        stdio: 'inherit',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      })
    apt('update', '-qq')
    apt('install', '-y', '-qq', '--no-install-recommends', ...missing)
  } else {
    const words = 'Some tests are skipped, or take longer, without these Debian packages'
    console.log(`${words}: apt-get install ${missing.join(' ')}`)
  }
}
