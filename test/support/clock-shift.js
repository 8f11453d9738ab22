'use strict'
// Preloaded into a process (NODE_OPTIONS=--require): its wall clock is ahead by the milliseconds that the file
// CLOCK_SHIFT_FILE says at the moment. Timers go on as they do when a clock is set: they don't count by it.
const { readFileSync } = require('node:fs')
const { setInterval } = require('node:timers')

const file = process.env.CLOCK_SHIFT_FILE
const SystemDate = Date
const systemNow = SystemDate.now.bind(SystemDate)
let aheadMs = 0

function read() {
  try {
    aheadMs = Number(readFileSync(file, 'utf8')) || 0
  } catch {
    aheadMs = 0
  }
}

const now = () => systemNow() + aheadMs
SystemDate.now = now
// For plugins that Haraka runs in a realm with a Date of its own.
process.wallClock = now
globalThis.Date = new Proxy(SystemDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length > 0 ? args : [now()], self),
  apply: () => new SystemDate(now()).toString(),
})

if (file) {
  read()
  setInterval(read, 50).unref()
}
