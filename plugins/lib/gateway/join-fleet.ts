import { join } from 'node:path'
import { systemClock } from '../clock'
import { createListFileReplicas } from '../list-files/list-file-replica'
import { createListFolder } from '../list-files/list-folder'
import type { StateChange } from '../lists'
import type { SettingsStore } from '../settings/store'
import type { Gateway } from './index'
import type { FleetService } from './fleet-desk'
import { createFleetMembership, type FleetMembership } from './fleet-membership'
import { CHANGED } from './list-health'
import { createSettingsReplica, SETTINGS } from './settings-replica'

/** Has the leader take part in the fleet of the settings, for all processes of its host. */
export function joinFleet(
  gateway: Gateway,
  desk: { serve(service: FleetService): void },
  store: Pick<SettingsStore, 'onTexts'>,
): FleetMembership {
  const { health, hostname, log, bus, instanceDir, editing } = gateway
  const settings = createSettingsReplica(editing, createListFolder(instanceDir))
  const listFileOf = createListFileReplicas(instanceDir)
  const membership = createFleetMembership({
    health,
    hostname,
    stateDir: join(instanceDir, 'state'),
    clock: systemClock,
    log,
    replicaOf: (name) => (name === SETTINGS ? settings : listFileOf(name)),
    onListState: (change) => {
      bus.publish(CHANGED, change)
    },
  })
  desk.serve(membership.service)
  gateway.onSettings((next, secrets) => {
    membership.configure(next, secrets)
  })
  health.onChange((change) => {
    membership.found(change)
  })
  bus.subscribe(CHANGED, (change) => {
    membership.found(change as StateChange)
  })
  store.onTexts(() => membership.service.catchUp())
  process.on('exit', membership.close)
  return membership
}
