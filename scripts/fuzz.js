'use strict'
// npm run fuzz [-- TARGET... --seconds N --seed N --runs N]: hostile input for every engine and for a real Haraka.
// What fails says which seed repeats it.
require('./run').runScript('fuzz', 'fuzz.ts')
