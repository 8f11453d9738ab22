// @ts-check
import { ApiFailure } from '../api.js'
import { h } from '../dom.js'
import { icon } from '../icons.js'
import { t } from '../texts.js'

const SHOWN_MS = 6000

/**
 * A short message in a corner, read out by screen readers. Bad news stays until it is closed.
 *
 * @param {string} text
 * @param {'good' | 'bad' | 'info'} [tone]
 */
export function toast(text, tone = 'info') {
  const region = document.getElementById('toasts')
  if (!region) return
  const element = h(
    'div',
    { class: `toast toast-${tone}`, role: tone === 'bad' ? 'alert' : 'status' },
    h('p', {}, text),
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'aria-label': t('common.close'),
        on: { click: () => element.remove() },
      },
      icon('close'),
    ),
  )
  region.append(element)
  if (tone !== 'bad') setTimeout(() => element.remove(), SHOWN_MS)
}

/** @param {unknown} error */
export function toastFailure(error) {
  if (isAbort(error) || (error instanceof ApiFailure && error.status === 401)) return
  toast(failureText(error), 'bad')
}

/** What went wrong, for people. @param {unknown} error @returns {string} */
export function failureText(error) {
  if (!(error instanceof ApiFailure)) return t('common.failed', { reason: String(error) })
  if (error.status === 0) return t('common.noAnswer')
  if (error.status === 403) return t('common.forbidden')
  if (error.status === 429) return t('common.tooMany')
  return t('common.failed', { reason: error.message })
}

/** @param {unknown} error */
export const isAbort = (error) => error instanceof DOMException && error.name === 'AbortError'
