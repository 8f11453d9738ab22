// @ts-check
import { badge } from '../components/badge.js'
import { formatAgo, formatDuration } from '../format.js'
import { t } from '../texts.js'

/** @typedef {import('../types').ListWithStats} ListWithStats */

const toneOf = /** @type {const} */ ({ up: 'good', suspended: 'warn', misconfigured: 'bad' })

/** @param {ListWithStats} view */
export const stateBadge = ({ state }) => badge(t(`lists.${state.kind}`), toneOf[state.kind])

/** What the operator should know about its health, in plain words; empty: all is well. @param {ListWithStats} view */
export function stateText({ state }) {
  switch (state.kind) {
    case 'suspended':
      return t('lists.suspendedText', {
        since: formatAgo(state.since),
        reason: state.reason,
        next: formatAgo(state.nextTest),
      })
    case 'misconfigured':
      return t('lists.misconfiguredText', { reason: state.reason })
    default:
      return state.note ?? ''
  }
}

/** What a listing does. @param {ListWithStats} view */
export const actionText = ({ actions, score }) =>
  actions
    .map((action) =>
      action === 'score' ? t('lists.action_score', { count: score }) : t(`lists.action_${action}`),
    )
    .join(', ')

/** What it was asked and what it said. @param {ListWithStats} view */
export function statsText({ stats24h: { asked, listed, errors, medianMs, p99Ms }, size }) {
  const parts = [
    size === undefined ? '' : t('lists.entries', { count: size }),
    t('lists.asked', { count: asked }),
    asked > 0 ? t('lists.listed', { count: listed }) : '',
    errors > 0 ? t('lists.errors', { count: errors }) : '',
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
