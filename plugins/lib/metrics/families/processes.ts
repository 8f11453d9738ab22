import type { Gathered } from '../gathered'
import { counter, gauge, sample, total, type Family } from '../family'
import type { ProcessState } from '../process-metrics'

export function processesFamilies({ totals, processes: states }: Gathered): readonly Family[] {
  const roles = [...new Set(states.map(({ role }) => role))]
  const versions = [...new Set(states.map(({ settings }) => settings.version))]
  const each = (of: readonly string[], value: (key: string) => number, label: string) =>
    of.map((key) => sample(value(key), { [label]: key }))
  const ofRole = (role: string) => states.filter((state) => state.role === role)
  const delay = (name: string, kind: keyof ProcessState['delay']): Family =>
    gauge(
      `nodejs_eventloop_lag_${name}_seconds`,
      `How late timers are (${name}) since this was read last; the worst process of the role.`,
      each(roles, (role) => Math.max(...ofRole(role).map((state) => state.delay[kind])), 'role'),
    )
  return [
    gauge(
      'gateway_processes',
      'Processes that answered.',
      each(roles, (role) => ofRole(role).length, 'role'),
    ),
    gauge(
      'gateway_settings_processes',
      'Processes by the version of the settings that is in force there.',
      each(
        versions,
        (version) => states.filter(({ settings }) => settings.version === version).length,
        'version',
      ),
    ),
    gauge('gateway_settings_valid', 'Whether the settings on disk are valid; what is in force always is.', [
      sample(Number(states.every(({ settings }) => settings.isValid))),
    ]),
    counter('process_cpu_seconds_total', 'CPU time of all processes.', [sample(totals.cpuSeconds)]),
    gauge(
      'process_start_time_seconds',
      'When the first process began, in seconds since the epoch.',
      states.length > 0 ? [sample(Math.min(...states.map(({ startedAt }) => startedAt)) / 1000)] : [],
    ),
    gauge(
      'process_resident_memory_bytes',
      'Memory of the processes.',
      each(roles, (role) => total(ofRole(role).map(({ residentBytes }) => residentBytes)), 'role'),
    ),
    gauge(
      'nodejs_heap_size_used_bytes',
      'JavaScript heap in use.',
      each(roles, (role) => total(ofRole(role).map(({ heapBytes }) => heapBytes)), 'role'),
    ),
    delay('p50', 'median'),
    delay('p99', 'p99'),
    delay('max', 'max'),
  ]
}
