// @ts-check
/** The draft of whoever is signed in, and its bar below every page. */
import { api } from './api.js'
import { showDraftBar } from './draft-bar.js'
import { createDraft } from './draft.js'
import { onEvent } from './events.js'

/** @type {{ readonly user: string, readonly draft: import('./draft.js').Draft } | undefined} */
let current

onEvent('settings', () => {
  // Whoever saves or opens a page hears of failures.
  current?.draft.load().catch(() => undefined)
})
addEventListener('beforeunload', (event) => {
  if (current && current.draft.size() > 0) event.preventDefault()
})
// Keys that were typed are forgotten with the session.
addEventListener('gateway:login', () => {
  current = undefined
})

/** The draft with the settings as they are now. @param {import('./types').Session} session */
export async function openDraft(session) {
  if (current?.user !== session.name) {
    const draft = createDraft({ user: session.name, api, storage: sessionStorage })
    current = { user: session.name, draft }
  }
  const { draft } = current
  await draft.load()
  if (session.role === 'editor') showDraftBar(draft)
  return draft
}
