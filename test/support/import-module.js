'use strict'
// TypeScript turns `import()` into `require`, which takes no modules written for browsers.
module.exports = { importModule: (file) => import(file) }
