// @ts-check
import { badge } from '../components/badge.js'
import { h } from '../dom.js'
import { formatAgo, formatDuration, formatNumber } from '../format.js'
import { t, tn } from '../texts.js'

/** @typedef {import('../types').ListWithStats} ListWithStats */

const toneOf = /** @type {const} */ ({ up: 'good', suspended: 'warn', misconfigured: 'bad' })

/** @param {ListWithStats} view */
export const stateBadge = ({ state }) => badge(t(`lists.${state.kind}`), toneOf[state.kind])

/** What the operator should know about its health, in plain words. @param {ListWithStats} view @returns {import('../dom.js').Child} */
export function stateText({ state }) {
  switch (state.kind) {
    case 'suspended':
      return tn('lists.suspendedText', {
        since: formatAgo(state.since),
        reason: inEnglish(state.reason),
        next: formatAgo(state.nextTest),
      })
    case 'misconfigured':
      return tn('lists.misconfiguredText', { reason: inEnglish(state.reason) })
    default:
      return state.note === undefined ? undefined : inEnglish(state.note)
  }
}

/** The gateway speaks one language. @param {string} text */
const inEnglish = (text) => h('span', { lang: 'en' }, text)

/** What a listing does. @param {ListWithStats} view */
export const actionText = ({ actions, score }) =>
  actions
    .map((action) =>
      action === 'score' ? t('lists.action_score', { count: score }) : t(`lists.action_${action}`),
    )
    .join(', ')

/** What it was asked and what it said. @param {ListWithStats} view */
export function statsText({ stats24h: { asked, listed, errors, medianMs, p99Ms }, size }) {
  const counted = (/** @type {string} */ key, /** @type {number} */ count) =>
    t(key, { count, number: formatNumber(count) })
  const parts = [
    size === undefined ? '' : counted('lists.entries', size),
    counted('lists.asked', asked),
    asked > 0 ? counted('lists.listed', listed) : '',
    errors > 0 ? counted('lists.errors', errors) : '',
    asked > 0 && size === undefined
      ? t('lists.speed', { median: formatDuration(medianMs), p99: formatDuration(p99Ms) })
      : '',
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

/** Free, free for low volume, commercial. @param {'free' | 'free-low-volume' | 'commercial' | undefined} terms */
export const termsBadge = (terms) =>
  terms !== undefined &&
  badge(t(`lists.terms_${terms}`), terms === 'free' ? 'good' : terms === 'commercial' ? 'info' : 'plain')
