/** A profile of V8, as the inspector gives it. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface Cost {
  readonly name: string
  /** In the function itself. */
  readonly selfUs: number
  /** With what it calls. */
  readonly totalUs: number
}

export interface ProfileSummary {
  readonly busyUs: number
  /** By whose code it is. */
  readonly areas: readonly Cost[]
  readonly functions: readonly Cost[]
}

const IDLE = new Set(['(idle)', '(program)', '(root)'])

/** Where the time of a profile went, dearest first. */
export function summariseProfile({ nodes, samples, timeDeltas }: CpuProfile): ProfileSummary {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parentOf = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  )
  const self = new Map<number, number>()
  for (const [index, id] of samples.entries()) self.set(id, (self.get(id) ?? 0) + (timeDeltas[index] ?? 0))

  const functions = new Tally()
  const areas = new Tally()
  let busyUs = 0
  for (const [id, us] of self) {
    const frame = byId.get(id)?.callFrame
    if (!frame || IDLE.has(frame.functionName)) continue
    busyUs += us
    const stack: Frame[] = []
    for (let at: number | undefined = id; at !== undefined; at = parentOf.get(at)) {
      const node = byId.get(at)
      if (node) stack.push(node.callFrame)
    }
    functions.add(stack.map(nameOf), us)
    areas.add(stack.map(areaOf), us)
  }
  return { busyUs, areas: areas.costs(), functions: functions.costs() }
}

type Frame = CpuProfile['nodes'][number]['callFrame']

class Tally {
  readonly #self = new Map<string, number>()
  readonly #total = new Map<string, number>()

  /** A stack, from the running function up. */
  add(stack: readonly string[], us: number): void {
    const [running = ''] = stack
    this.#self.set(running, (this.#self.get(running) ?? 0) + us)
    for (const name of new Set(stack)) this.#total.set(name, (this.#total.get(name) ?? 0) + us)
  }

  costs(): readonly Cost[] {
    return [...this.#total]
      .map(([name, totalUs]) => ({ name, selfUs: this.#self.get(name) ?? 0, totalUs }))
      .sort((a, b) => b.selfUs - a.selfUs)
  }
}

const nameOf = (frame: Frame): string =>
  `${frame.functionName || '(anonymous)'} ${shortened(frame.url)}:${frame.lineNumber + 1}`

const shortened = (url: string): string => url.replace(/^.*\/(?:node_modules|dist)\//, '')

/** `lib/dns` and `mark-from` of ours; `haraka`, `mailauth`; the rest is Node. */
function areaOf({ url, functionName }: Frame): string {
  const [, own] = /\/dist\/((?:lib\/)?[^/]+)\//.exec(url) ?? []
  if (own !== undefined) return `ours: ${own}`
  const packages = [...url.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)/g)]
  const last = packages.at(-1)?.[1]
  if (last !== undefined) return last
  return functionName === '(garbage collector)' ? 'garbage collection' : 'Node'
}
