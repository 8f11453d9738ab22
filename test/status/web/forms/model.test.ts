import assert from 'node:assert/strict'
import { settingsJsonSchema } from '../../../../plugins/lib/settings/json-schema'
import { settingsSchema } from '../../../../plugins/lib/settings/schema'
import { webModule } from '../web-module'

type Path = readonly (string | number)[]
interface Model {
  readonly kind: string
  readonly fields?: Readonly<Record<string, Model>>
  readonly [fact: string]: unknown
}
interface Models {
  modelOf(schema: unknown): Model
  modelAt(model: Model, path: Path): Model | undefined
  withDefaults(model: Model, written: unknown): Readonly<Record<string, unknown>>
  withoutDefaults(model: Model | undefined, value: unknown): unknown
  emptyValue(model: Model | undefined): unknown
}
interface Faults {
  faultsOf(model: Model | undefined, value: unknown): { readonly path: Path; readonly fault: unknown }[]
}
interface Leaves {
  readonly leavesOf: (root: Model, path: Path) => Path[]
}
interface Places {
  readonly pageOf: (path: Path) => string
  readonly otherSections: (model: Model) => string[]
}
interface TextPaths {
  readonly textPath: (model: Model, path: Path) => string[]
}

const simple = new Set(['boolean', 'number', 'text', 'choice', 'choices', 'lines'])

describe('forms made from the schema', () => {
  let models: Models
  let faults: Faults
  let root: Model
  before(async () => {
    models = await webModule<Models>('forms/model.js')
    faults = await webModule<Faults>('forms/faults.js')
    root = models.modelOf(settingsJsonSchema())
  })
  const at = (...path: Path): Model | undefined => models.modelAt(root, path)

  it('know what each kind of value is', () => {
    assert.equal(at('shadow')?.kind, 'boolean')
    assert.deepEqual(pick(at('inactivity_timeout'), 'kind', 'isWhole', 'least', 'most', 'unit', 'standard'), {
      kind: 'number',
      isWhole: true,
      least: 60,
      most: 86_400,
      unit: 'seconds',
      standard: 300,
    })
    // 2^53 - 1 is what a number can hold, and no bound of ours.
    assert.deepEqual(pick(at('message_size', 'limit'), 'least', 'most', 'unit'), {
      least: 1024,
      unit: 'bytes',
    })
    assert.deepEqual(pick(at('listen', 'other'), 'kind', 'isBareAllowed'), {
      kind: 'lines',
      isBareAllowed: false,
    })
    assert.deepEqual(pick(at('next_hops', 'x', 'host'), 'kind', 'isBareAllowed', 'minItems', 'isRequired'), {
      kind: 'lines',
      isBareAllowed: true,
      minItems: 1,
      isRequired: true,
    })
    assert.equal(at('next_hops', 'x', 'tls')?.kind, 'choice')
    assert.equal(at('domain_sources')?.kind, 'choices')
    assert.equal(at('message_size', 'hosts')?.kind, 'map')
    assert.equal(at('mark_from', 'allow')?.kind, 'items')
    assert.equal(at('next_hops', 'x')?.kind, 'variants')
    assert.deepEqual(pick(at('providers', 'step3it', 'zone'), 'kind', 'minLength'), {
      kind: 'text',
      minLength: 0,
    })
    assert.equal(at('no', 'such', 'place'), undefined)
  })

  it('fill in the defaults that the gateway fills in', () => {
    const written = {
      listen: { smtp: false, other: [2525] },
      next_hops: { 'example.com': { maildir: 'mail' }, 'example.net': { host: 'mx' } },
      ip_blocklists: { custom: ['bl.example.net', { zone: 'b.example.net', action: 'note' }] },
      mark_from: { allow: [{ from: 'a.example', envelope: 'b.example' }] },
    }
    // A section whose lines are all commented out is null in YAML.
    assert.deepEqual(models.withDefaults(root, { ...written, tls: null }), settingsSchema.parse(written))
    assert.deepEqual(models.withDefaults(root, {}), settingsSchema.parse({}))
  })

  it('do not lose or break on what does not fit', () => {
    const odd = { listen: 'abc', message_size: { hosts: [1] }, next_hops: 3, unknown: { a: 1 } }
    const values = models.withDefaults(root, odd)
    assert.equal(values.listen, 'abc')
    assert.equal(values.next_hops, 3)
    assert.deepEqual(values.unknown, { a: 1 })
    faults.faultsOf(root, values)
  })

  it('write of a new entry only what is not its default', () => {
    const hop = { host: 'mx', port: 25, tls: 'required', timeout: 60, queue: false }
    assert.deepEqual(models.withoutDefaults(at('next_hops', 'x'), hop), { host: 'mx', tls: 'required' })
  })

  it('find what oversteps a bound, at its place', () => {
    const found = (path: Path, value: unknown) => faults.faultsOf(at(...path), value)
    assert.deepEqual(found(['inactivity_timeout'], 5), [
      { path: [], fault: { kind: 'range', least: 60, most: 86_400, unit: 'seconds' } },
    ])
    assert.deepEqual(found(['inactivity_timeout'], 'soon'), [{ path: [], fault: { kind: 'notANumber' } }])
    assert.deepEqual(found(['inactivity_timeout'], 60.5), [{ path: [], fault: { kind: 'notWhole' } }])
    assert.deepEqual(found(['listen', 'other'], [25, 70_000])[0]?.path, [1])
    assert.deepEqual(found(['next_hops'], { 'a.example': { host: '' } }), [
      { path: ['a.example', 'host'], fault: { kind: 'missing' } },
    ])
    assert.deepEqual(
      found(['ip_blocklists', 'custom'], [{ zone: 'z', codes: { '127.0.0': 'note' } }])[0]?.path,
      [0, 'codes', '127.0.0'],
    )
    assert.deepEqual(found(['arc'], undefined), [])
    assert.deepEqual(found(['arc'], { domain: 'a' }), [{ path: ['selector'], fault: { kind: 'missing' } }])
  })

  it('find nothing wrong with the settings that come with the gateway', () => {
    assert.deepEqual(faults.faultsOf(root, models.withDefaults(root, {})), [])
  })

  it('have a place for every setting of the schema', async () => {
    const { pageOf, otherSections } = await webModule<Places>('forms/places.js')
    const pages = new Set(['lists', 'mail-core', 'domains', 'maps', 'contacts', 'mark-from'])
    const others = otherSections(root)
    for (const section of Object.keys(settingsSchema.shape)) {
      const isElsewhere = pages.has(pageOf([section]))
      assert.ok(isElsewhere !== others.includes(section), `${section} is on no page, or on two`)
    }
  })

  it('have a name for every setting in both languages', async () => {
    const { settings } = await webModule<{ settings: Record<'en' | 'de', Record<string, string>> }>(
      'texts/settings.js',
    )
    const { leavesOf } = await webModule<Leaves>('forms/leaves.js')
    const { textPath } = await webModule<TextPaths>('forms/text-path.js')
    const leaves = Object.keys(root.fields ?? {}).flatMap((section) => leavesOf(root, [section]))
    const named = leaves
      .filter(([section]) => !/^(?:ip|domain|uri)_(?:block|allow)lists$/.test(String(section)))
      .flatMap((path) => deepPaths(models, root, path))
    assert.ok(named.length > 60)
    for (const path of named) {
      const key = `settings.${textPath(root, path).join('.')}`
      assert.ok(settings.en[key] !== undefined && settings.de[key] !== undefined, `${key} has no name`)
    }
  })
})

/** A setting and what stands below it, with a key of our own where the operator chooses. */
function deepPaths(models: Models, root: Model, path: Path): Path[] {
  const model = models.modelAt(root, path)
  if (!model || simple.has(model.kind)) return [path]
  if (model.kind === 'map') return [path, ...below(models, root, [...path, 'x'])]
  if (model.kind === 'items') return [path, ...below(models, root, [...path, 0])]
  return [path, ...below(models, root, path)]
}

function below(models: Models, root: Model, path: Path): Path[] {
  const model = models.modelAt(root, path)
  const forms =
    model?.kind === 'variants' ? (model.variants as { model: Model }[]).map((form) => form.model) : [model]
  return forms.flatMap((form) =>
    Object.keys(form?.fields ?? {}).flatMap((key) => deepPaths(models, root, [...path, key])),
  )
}

function pick(model: Model | undefined, ...facts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    facts.filter((fact) => model?.[fact] !== undefined).map((fact) => [fact, model?.[fact]]),
  )
}
