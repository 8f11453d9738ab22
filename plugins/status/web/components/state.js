// @ts-check
import { h } from '../dom.js'
import { icon } from '../icons.js'
import { t } from '../texts.js'
import { button } from './button.js'
import { failureText } from './toast.js'

/**
 * What stands where there is nothing yet, and what to do about it.
 *
 * @param {{ title: string, text?: import('../dom.js').Child, action?: import('../dom.js').Child }} options
 */
export const emptyState = ({ title, text, action }) =>
  h(
    'div',
    { class: 'empty' },
    h('p', { class: 'empty-title' }, title),
    text && h('p', { class: 'empty-text' }, text),
    action,
  )

/** Grey bars while something loads. @param {number} [lines] */
export const skeleton = (lines = 3) =>
  h(
    'div',
    { class: 'skeleton', role: 'status' },
    h('span', { class: 'visually-hidden' }, t('common.loading')),
    Array.from({ length: lines }, () => h('span', { class: 'skeleton-line' })),
  )

/**
 * @param {unknown} error
 * @param {() => unknown} again
 */
export const failureState = (error, again) =>
  h(
    'div',
    { class: 'empty', role: 'alert' },
    h('p', { class: 'empty-title' }, t('common.pageFailed')),
    h('p', { class: 'empty-text' }, failureText(error)),
    button(t('common.retry'), again, { kind: 'primary' }),
  )

/**
 * Something the operator should know, where they will see it.
 *
 * @param {'bad' | 'warn' | 'info' | 'good'} tone
 * @param {...import('../dom.js').Child} content
 */
export const notice = (tone, ...content) =>
  h(
    'div',
    { class: `notice notice-${tone}` },
    icon(tone === 'info' ? 'info' : tone === 'good' ? 'ok' : 'alert'),
    h('div', { class: 'notice-text' }, content),
  )
