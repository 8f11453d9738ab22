import type { Gathered } from '../gathered'
import { byLabel, counter, gauge, sample, type Family, type Sample } from '../family'

/** Nothing where there is no fleet. */
export function fleetFamilies({ host }: Gathered): readonly Family[] {
  const fleet = host?.fleet
  if (!fleet) return []
  const { link, messages, leases, nodes, published, inForce, isEdited, problems } = fleet
  return [
    gauge('gateway_fleet_redis_up', 'Whether this node reaches the Redis of the fleet.', [
      sample(Number(link.isUp)),
    ]),
    counter('gateway_fleet_errors_total', 'What went wrong with Redis, or with what came through it.', [
      sample(link.failures, { kind: 'unreachable' }),
      sample(link.refusals, { kind: 'refused' }),
      sample(messages.garbage, { kind: 'garbage' }),
    ]),
    gauge(
      'gateway_fleet_answer_age_seconds',
      'Time since Redis answered last; it is asked every ten seconds at least.',
      age(link.answerAge),
    ),
    gauge(
      'gateway_fleet_message_age_seconds',
      'Time since another node was heard last; they speak when something happens.',
      age(messages.age),
    ),
    gauge(
      'gateway_fleet_nodes',
      'Nodes of the fleet: alive, or seen within a week and gone; none while Redis cannot tell.',
      nodes ? byLabel('state', { alive: nodes.alive, gone: nodes.gone }) : [],
    ),
    gauge(
      'gateway_fleet_settings_revision',
      'Revision of the settings: published, and in force on this node.',
      [sample(published, { which: 'published' }), sample(inForce, { which: 'in_force' })],
    ),
    gauge('gateway_fleet_settings_edited', 'Whether gateway.yaml was edited on this node, and not shared.', [
      sample(Number(isEdited)),
    ]),
    gauge('gateway_fleet_problems', 'What the fleet shares and this node has not been able to take.', [
      sample(problems),
    ]),
    gauge('gateway_fleet_leases', 'What this node does for all now, such as testing a list.', [
      sample(leases),
    ]),
  ]
}

const age = (ms: number | undefined): readonly Sample[] => (ms === undefined ? [] : [sample(ms / 1000)])
