/** A process with some of the nodes; the simulation tells it what to do, and it tells how many have done it. */
import { enterFleet, type Node } from './node'

export type Order =
  | {
      readonly kind: 'enter'
      readonly names: readonly string[]
      readonly redis: string
      readonly dir: string
    }
  | { readonly kind: 'share'; readonly text: string }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'leave' }

/** How many nodes are so. */
export interface Progress {
  readonly up: number
  readonly suspended: number
  /** Length of the settings, and how many nodes have settings of this length. */
  readonly settings: Readonly<Record<number, number>>
  /** Whether the node that shared has heard from all that there are, and from how many that have taken it. */
  readonly taken: number | undefined
  readonly cpuSeconds: number
}

const LOOK_MS = 20

const nodes: Node[] = []
let taken: number | undefined
let told = ''

// Nobody is left to work for.
process.on('disconnect', () => process.exit())
process.on('message', (order: Order) => {
  switch (order.kind) {
    case 'enter':
      for (const name of order.names) nodes.push(enterFleet(name, order.redis, order.dir))
      setInterval(tell, LOOK_MS)
      return
    case 'share':
      taken = undefined
      void share(order.text)
      return
    case 'suspend':
      nodes[0]?.suspend()
      return
    case 'leave':
      for (const node of nodes) node.leave()
      process.exit()
  }
})

async function share(text: string): Promise<void> {
  const sharing = await nodes[0]?.share(text)
  taken = sharing?.kind === 'shared' ? sharing.nodes.filter(({ fault }) => fault === undefined).length : -1
}

function tell(): void {
  const settings: Record<number, number> = {}
  for (const node of nodes) settings[node.text().length] = (settings[node.text().length] ?? 0) + 1
  const progress = {
    up: nodes.filter((node) => node.isUp()).length,
    suspended: nodes.filter((node) => node.isSuspended()).length,
    settings,
    taken,
  }
  const text = JSON.stringify(progress)
  if (text === told) return
  told = text
  const { user, system } = process.cpuUsage()
  process.send?.({ ...progress, cpuSeconds: (user + system) / 1e6 } satisfies Progress)
}
