import cluster, { type Worker } from 'node:cluster'
import type { ProcessRole } from './process-role'

/**
 * Tells the other processes of this Haraka something. Messages go through the master, which passes those of
 * one worker on to the others; the sender doesn't hear itself. They carry the key `event`: Haraka runs
 * whatever comes with a key `cmd` as a command in the master.
 */
export interface Bus {
  publish(topic: string, data: unknown): void
  subscribe(topic: string, listener: (data: unknown) => void): void
}

interface BusMessage {
  readonly event: typeof EVENT
  readonly topic: string
  readonly data: unknown
}

const EVENT = 'gateway'

export function createBus(role: ProcessRole): Bus {
  const listeners = new Map<string, ((data: unknown) => void)[]>()
  const deliver = (message: BusMessage): void => {
    for (const listener of listeners.get(message.topic) ?? []) listener(message.data)
  }
  const onWorkerMessage = (from: Worker, message: unknown): void => {
    if (!isBusMessage(message)) return
    sendToWorkers(message, from)
    deliver(message)
  }
  const onMasterMessage = (message: unknown): void => {
    if (isBusMessage(message)) deliver(message)
  }
  if (role === 'master') cluster.on('message', onWorkerMessage)
  if (role === 'worker') process.on('message', onMasterMessage)

  return {
    publish(topic, data) {
      const message: BusMessage = { event: EVENT, topic, data }
      if (role === 'master') sendToWorkers(message)
      if (role === 'worker' && process.connected) process.send?.(message)
    },
    subscribe(topic, listener) {
      listeners.set(topic, [...(listeners.get(topic) ?? []), listener])
    },
  }
}

function sendToWorkers(message: BusMessage, except?: Worker): void {
  for (const worker of Object.values(cluster.workers ?? {})) {
    if (worker && worker !== except && worker.isConnected()) worker.send(message)
  }
}

function isBusMessage(message: unknown): message is BusMessage {
  return typeof message === 'object' && message !== null && (message as Partial<BusMessage>).event === EVENT
}
