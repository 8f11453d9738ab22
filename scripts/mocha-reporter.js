'use strict'
// Mocha's spec reporter with one closing line that tools and people can read: what ran and how it ended.
const { reporters } = require('mocha')

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    runner.once('end', () => {
      // After the spec reporter's own summary.
      setImmediate(() => {
        const { passes, failures, pending } = this.stats
        console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}`)
      })
    })
  }
}
