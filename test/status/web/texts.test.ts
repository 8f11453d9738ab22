import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, sep } from 'node:path'

type Text = string | Readonly<Record<'one' | 'other', string>>
type Texts = Readonly<Record<'en' | 'de', Readonly<Record<string, Text>>>>

const web = join(__dirname, '..', '..', '..', 'plugins', 'status', 'web')
const sources = readdirSync(web, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'))
const read = (file: string): string => readFileSync(join(web, file), 'utf8')
const parts = sources.filter((file) => file.startsWith(`texts${sep}`))
/** Without comments: they show keys too. */
const code = sources
  .filter((file) => !parts.includes(file))
  .map((file) => read(file).replace(/^ *(?:\/\*\*|\*|\/\/).*$/gm, ''))

/** The parts are modules for browsers, so another Node reads them. */
function loadTexts(): ReadonlyMap<string, Texts> {
  const script = `
    const texts = {}
    for (const [name, source] of ${JSON.stringify(parts.map((file) => [basename(file, '.js'), read(file)]))}) {
      const part = await import('data:text/javascript,' + encodeURIComponent(source))
      texts[name] = Object.values(part)[0]
    }
    process.stdout.write(JSON.stringify(texts))`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  return new Map(Object.entries(JSON.parse(output) as Record<string, Texts>))
}

const forms = (text: Text): readonly string[] => (typeof text === 'string' ? [text] : Object.values(text))
const params = (text: Text): string =>
  [...new Set(forms(text).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort().join()

describe('texts of the web page', () => {
  const texts = loadTexts()
  const keys = [...texts.values()].flatMap(({ en }) => Object.keys(en))

  it('say the same in both languages', () => {
    for (const [part, { en, de }] of texts) {
      assert.deepEqual(Object.keys(de).sort(), Object.keys(en).sort(), part)
      for (const [key, text] of Object.entries(en)) {
        const german = de[key] ?? ''
        // One of a thing needs no number.
        assert.equal(params(german), params(text), key)
        assert.equal(typeof german, typeof text, key)
        assert.ok(
          [...forms(text), ...forms(german)].every((form) => form.trim() !== ''),
          `${key} is empty`,
        )
      }
    }
  })

  it('have keys that begin with the name of their part, so none hides another', () => {
    for (const [part, { en }] of texts) {
      for (const key of Object.keys(en)) assert.ok(key.startsWith(`${part}.`), `${key} in ${part}.js`)
    }
    assert.equal(new Set(keys).size, keys.length)
  })

  it('exist for every key that is used', () => {
    const known = new Set(keys)
    const asked = code.flatMap((source) =>
      [...source.matchAll(/(?:\btn?\(|\btitleKey: )\s*'([^']+)'/g)].map(([, key = '']) => key),
    )
    assert.ok(asked.length > 100)
    for (const key of asked) assert.ok(known.has(key), `there is no text ${key}`)
  })

  it('are all used', () => {
    const whole = new Set(
      code.flatMap((source) => [...source.matchAll(/'([\w-]+\.\w+)'/g)].map(([, key]) => key)),
    )
    const begun = code.flatMap((source) =>
      [...source.matchAll(/`([\w-]+\.\w*)\$\{/g)].map(([, prefix = '']) => prefix),
    )
    const unused = keys.filter((key) => !whole.has(key) && !begun.some((prefix) => key.startsWith(prefix)))
    assert.deepEqual(unused, [])
  })
})
