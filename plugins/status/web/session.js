// @ts-check
import { api, ApiFailure, setCsrf } from './api.js'

/** @returns {Promise<import('./types').Session | undefined>} Undefined: nobody is signed in. */
export async function readSession() {
  try {
    const session = await api.get('/session')
    setCsrf(session.csrf)
    return session
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 401) return undefined
    throw error
  }
}

/** @param {string} name @param {string} password */
export async function signIn(name, password) {
  const { csrf } = await api.post('/login', { name, password })
  setCsrf(csrf)
}

export async function signOut() {
  await api.post('/logout')
  setCsrf('')
}
