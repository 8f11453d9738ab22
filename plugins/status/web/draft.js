// @ts-check
/**
 * Changes to the settings that are not saved yet. They are kept across pages and reloads; keys and passwords only
 * until the window is closed or reloaded, and never where anything could read them again.
 *
 * @typedef {import('./forms/values.js').Path} Path
 * @typedef {import('./forms/changes.js').Change} Change
 * @typedef {{ readonly path: Path, readonly message: string }} Problem
 * @typedef {{ readonly path: Path, readonly value: string | null }} SecretChange `null` removes it.
 * @typedef {{ readonly path: Path, readonly isSet: boolean, readonly setAt?: number }} SecretState
 *
 * @typedef {object} SettingsAnswer
 * @property {string} version
 * @property {unknown} values
 * @property {unknown} written
 * @property {readonly SecretState[]} secrets
 * @property {{ readonly kind: 'ok' | 'invalid', readonly errors?: readonly Problem[] }} status
 *
 * @typedef {object} Validation
 * @property {readonly Problem[]} errors
 * @property {readonly Problem[]} warnings
 * @property {string} diff
 *
 * @typedef {object} Applied
 * @property {string} version
 * @property {readonly { readonly pid: number, readonly role: string, readonly ok: boolean, readonly error?: string }[]} applied
 * @property {number} of
 * @property {{ readonly kind: string, readonly reason?: string, readonly nodes?: readonly { readonly node: string, readonly fault?: string }[] }} [fleet]
 *
 * @typedef {object} Conflict
 * @property {{ readonly version: string, readonly written: unknown }} current
 * @property {string} theirs
 * @property {string} mine
 * @property {readonly Change[]} [merged]
 *
 * @typedef {{ readonly kind: 'saved', readonly answer: Applied } | { readonly kind: 'conflict', readonly answer: Conflict }
 *   | { readonly kind: 'invalid', readonly message: string }} SaveResult
 *
 * @typedef {object} DraftApi
 * @property {(path: string, options?: any) => Promise<any>} get
 * @property {(path: string, body: unknown, options?: any) => Promise<any>} post
 * @property {(path: string, body: unknown, options?: any) => Promise<any>} patch
 *
 * @typedef {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} DraftStorage
 */
import { applyChanges, edit as edited, isChanged, undo as undone } from './forms/changes.js'
import { faultsOf } from './forms/faults.js'
import { modelAt, modelOf, withDefaults, withoutDefaults } from './forms/model.js'
import { isEqual, isWithin, valueAt } from './forms/values.js'

export const DRAFT_KEY = 'gateway.draft'

/** @typedef {ReturnType<typeof createDraft>} Draft */

/**
 * @param {object} options
 * @param {string} options.user Whose draft it is: another one who signs in finds nothing.
 * @param {DraftApi} options.api
 * @param {DraftStorage} options.storage
 */
export function createDraft({ user, api, storage }) {
  /** @type {import('./forms/model.js').Model | undefined} */
  let model
  /** @type {SettingsAnswer | undefined} */
  let settings
  /** Settings in force, with their defaults. @type {unknown} */
  let base
  let { version, changes } = readStored(storage, user)
  /** What will be in force, with defaults; made when it is asked for. @type {{ value: unknown } | undefined} */
  let planned
  /** @type {readonly SecretChange[]} */
  let secrets = []
  /** @type {readonly Problem[]} */
  let errors = []
  /** @type {Set<() => void>} */
  const listeners = new Set()

  const size = () => changes.length + secrets.length
  const loaded = () => {
    if (!settings || !model) throw new Error('the settings are not loaded')
    return { settings, model }
  }
  const tell = () => {
    planned = undefined
    store()
    for (const listener of [...listeners]) listener()
  }
  function store() {
    if (changes.length === 0) storage.removeItem(DRAFT_KEY)
    else {
      try {
        storage.setItem(DRAFT_KEY, JSON.stringify({ user, version, changes }))
      } catch {
        // Too much for the browser: it lasts until the window is reloaded.
      }
    }
  }
  /** @param {SettingsAnswer} answer */
  function take(answer) {
    settings = answer
    base = withDefaults(loaded().model, answer.written ?? {})
    if (size() === 0) version = answer.version
  }
  /** @param {readonly Change[]} next */
  function setChanges(next) {
    if (size() === 0 && settings) version = settings.version
    changes = next
    if (size() === 0 && settings) version = settings.version
  }
  /** What was said of a setting, or of something that it belongs to, may not hold any more. @param {Path} path */
  function forgetErrors(path) {
    errors = errors.filter((error) => !isWithin(error.path, path) && !isWithin(path, error.path))
  }
  /** @param {Change} change @returns {Change} */
  const shortest = ({ path, ...change }) =>
    'value' in change && valueAt(base, path) === undefined
      ? { path, value: withoutDefaults(modelAt(model, path), change.value) }
      : { path, ...change }
  const body = () => ({ changes, ...(secrets.length === 0 ? {} : { secrets }) })

  return {
    /** Reads the settings from the gateway. */
    async load() {
      const [answer, schema] = await Promise.all([
        api.get('/settings'),
        model ? undefined : api.get('/settings/schema'),
      ])
      if (schema) model = modelOf(schema)
      take(answer)
      tell()
    },
    isLoaded: () => settings !== undefined,
    model: () => loaded().model,
    settings: () => loaded().settings,
    /** What is in force at `path`. @param {Path} path */
    before: (path) => valueAt(base, path),
    /** What will be at `path` once the draft is saved. @param {Path} path */
    value(path) {
      planned ??= { value: withDefaults(loaded().model, applyChanges(base, changes)) }
      return valueAt(planned.value, path)
    },
    changes: () => changes,
    secrets: () => secrets,
    size,
    /** Whether somebody else has changed the settings since the first of these changes. */
    isBehind: () => size() > 0 && settings !== undefined && settings.version !== version,

    /** @param {Path} path @param {unknown} value undefined: back to the default. */
    edit(path, value) {
      setChanges(edited(base, changes, path, value).map(shortest))
      forgetErrors(path)
      tell()
    },
    /** @param {Path} path */
    undo(path) {
      setChanges(undone(changes, path))
      forgetErrors(path)
      tell()
    },
    /** @param {Path} path */
    isChanged: (path) => isChanged(changes, path),
    discard() {
      secrets = []
      errors = []
      setChanges([])
      tell()
    },

    /** @param {Path} path @param {string | null} value */
    setSecret(path, value) {
      if (size() === 0 && settings) version = settings.version
      secrets = [...secrets.filter((other) => !isEqual(other.path, path)), { path, value }]
      forgetErrors(path)
      tell()
    },
    /** @param {Path} path */
    undoSecret(path) {
      secrets = secrets.filter((other) => !isEqual(other.path, path))
      setChanges(changes)
      tell()
    },
    /** @param {Path} path @returns {SecretState} */
    secretState: (path) =>
      settings?.secrets.find((each) => isEqual(each.path, path)) ?? { path, isSet: false },

    /** What the schema itself says is wrong with the changes. */
    faults: () =>
      changes.flatMap(({ path, value }) => {
        const place = modelAt(model, path)
        return place && value !== undefined ? faultsOf(place, value, path) : []
      }),
    /** What the gateway found wrong when it was last asked. */
    errors: () => errors,

    /** Asks the gateway what it thinks of the changes. @param {AbortSignal} [signal] @returns {Promise<Validation>} */
    async validate(signal) {
      const asked = changes
      const answer = await api.post(
        '/settings/validate',
        { base: version, ...body() },
        signal ? { signal } : {},
      )
      // What was typed meanwhile has not been looked at.
      if (asked === changes) {
        errors = answer.errors
        tell()
      }
      return answer
    },

    /** @param {string} note @returns {Promise<SaveResult>} */
    async save(note) {
      try {
        const answer = await api.patch(
          '/settings',
          { ...body(), ...(note === '' ? {} : { note }) },
          { headers: { 'If-Match': `"${version}"` } },
        )
        changes = []
        secrets = []
        errors = []
        store()
        await this.load()
        return { kind: 'saved', answer }
      } catch (/** @type {any} */ failure) {
        if (failure.status === 409 && failure.body?.current) {
          return { kind: 'conflict', answer: failure.body }
        }
        if (failure.status !== 422) throw failure
        errors = failure.errors
        tell()
        return { kind: 'invalid', message: failure.message }
      }
    },

    /**
     * Puts the changes onto what others have made of the settings.
     *
     * @param {string} current Version.
     * @param {readonly Change[]} kept
     */
    async rebase(current, kept) {
      changes = kept
      version = current
      await this.load()
    },

    /** @param {() => void} listener Called after every change. @returns {() => void} */
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/**
 * @param {DraftStorage} storage
 * @param {string} user
 * @returns {{ version: string, changes: readonly Change[] }}
 */
function readStored(storage, user) {
  try {
    const stored = JSON.parse(storage.getItem(DRAFT_KEY) ?? 'null')
    if (stored?.user === user && Array.isArray(stored.changes)) return stored
  } catch {
    // Not ours.
  }
  storage.removeItem(DRAFT_KEY)
  return { version: '', changes: [] }
}
