'use strict'
// npm run soak [-- --minutes N --seed N]: a real gateway under load for a while, something breaking each minute, and
// every message accounted for. Exit code 1 when one was lost, doubled, wrongly refused or never taken.
require('./run').runScript('soak', 'soak.ts')
