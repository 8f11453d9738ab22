// @ts-check
import { ApiFailure } from './api.js'
import { preferences } from './components/preferences.js'
import { field } from './components/field.js'
import { failureText } from './components/toast.js'
import { h, replace } from './dom.js'
import { logo } from './icons.js'
import { signIn } from './session.js'
import { t, tn } from './texts.js'

/**
 * The whole window is a login until it has worked.
 *
 * @param {HTMLElement} app
 * @param {object} options
 * @param {boolean} options.hasEnded Whether a session was lost on the way.
 * @param {() => unknown} options.onSignedIn
 * @param {() => void} options.onLanguage
 */
export function showLogin(app, { hasEnded, onSignedIn, onLanguage }) {
  document.title = `${t('nav.login')} – ${t('common.product')}`
  const name = h('input', { name: 'name', autocomplete: 'username', autocapitalize: 'none', required: true })
  const password = h('input', {
    name: 'password',
    type: 'password',
    autocomplete: 'current-password',
    required: true,
  })
  const problem = h('p', { class: 'login-problem', role: 'alert' })
  const submit = h('button', { type: 'submit', class: 'button button-primary login-submit' }, t('nav.login'))

  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    problem.textContent = ''
    submit.disabled = true
    try {
      await signIn(name.value.trim(), password.value)
    } catch (error) {
      problem.textContent = problemText(error)
      submit.disabled = false
      password.select()
      return
    }
    await onSignedIn()
  }

  replace(
    app,
    h(
      'div',
      { class: 'login' },
      h('header', { class: 'login-top' }, preferences(onLanguage)),
      h(
        'main',
        { class: 'login-main', id: 'main' },
        h(
          'form',
          { class: 'login-card', on: { submit: send } },
          logo(),
          h('h1', {}, t('common.product')),
          hasEnded && h('p', { class: 'login-ended' }, t('nav.loginEnded')),
          field({ label: t('nav.loginName'), control: name }),
          h(
            'div',
            { class: 'login-password' },
            field({ label: t('nav.loginPassword'), control: password }),
            showButton(password),
          ),
          problem,
          submit,
          h(
            'p',
            { class: 'login-help' },
            tn('nav.loginHelp', { command: h('code', {}, 'haraka-gateway user DIR NAME') }),
          ),
        ),
      ),
    ),
  )
  name.focus()
}

/** @param {HTMLInputElement} password */
function showButton(password) {
  return h(
    'button',
    {
      type: 'button',
      class: 'button button-quiet login-show',
      'aria-label': t('nav.loginShowPassword'),
      'aria-pressed': 'false',
      on: {
        click: (/** @type {MouseEvent} */ event) => {
          const isShown = password.type === 'text'
          password.type = isShown ? 'password' : 'text'
          const pressed = /** @type {HTMLElement} */ (event.currentTarget)
          pressed.setAttribute('aria-pressed', String(!isShown))
        },
      },
    },
    t('nav.loginShow'),
  )
}

/** @param {unknown} error */
function problemText(error) {
  if (error instanceof ApiFailure && error.status === 401) return t('nav.loginWrong')
  if (error instanceof ApiFailure && error.status === 429 && error.retryAfterSeconds > 0) {
    return t('nav.loginWait', { seconds: error.retryAfterSeconds })
  }
  return failureText(error)
}
