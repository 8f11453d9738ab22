'use strict'
// A plugin of Haraka that tells what only the process itself knows. It costs nothing until it is asked.
const { Session } = require('node:inspector')
const { createServer } = require('node:net')
const { join } = require('node:path')
const { monitorEventLoopDelay } = require('node:perf_hooks')

exports.register = function () {
  const orders = { ...loopOrders(), ...profileOrders(), ...gatewayOrders(this), memory }
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (order) => socket.end(JSON.stringify(orders[String(order)]?.() ?? null)))
  })
  server.unref()
  server.listen(join(process.env.HARAKA, `probe-${process.pid}`))
}

function memory() {
  global.gc?.()
  return process.memoryUsage()
}

function loopOrders() {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  return {
    'watch-loop': () => {
      delay.reset()
      delay.enable()
    },
    loop: () => {
      delay.disable()
      return { p50Ms: delay.percentile(50) / 1e6, p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 }
    },
  }
}

function profileOrders() {
  const session = new Session()
  // Answers of an inspector in its own process come at once.
  const ask = (method, params) => {
    let answer
    session.post(method, params, (error, result) => (answer = error ?? result))
    return answer
  }
  return {
    'profile-start': () => {
      session.connect()
      ask('Profiler.enable')
      ask('Profiler.setSamplingInterval', { interval: 200 })
      ask('Profiler.start')
    },
    'profile-stop': () => ask('Profiler.stop').profile,
    'allocations-start': () => {
      session.connect()
      ask('HeapProfiler.startSampling', {
        samplingInterval: 4096,
        includeObjectsCollectedByMinorGC: true,
        includeObjectsCollectedByMajorGC: true,
      })
    },
    'allocations-stop': () => ask('HeapProfiler.stopSampling').profile,
  }
}

function gatewayOrders(plugin) {
  const gateway = () =>
    require(join(process.env.HARAKA, 'plugins', 'gateway', 'lib', 'gateway')).useGateway(plugin)
  return {
    dns: () => gateway().resolver.stats(),
    'clear-cache': () => gateway().resolver.clear(),
    lists: () =>
      gateway()
        .lists.lists()
        .map(({ name, state }) => ({ name, state: state.kind })),
  }
}
