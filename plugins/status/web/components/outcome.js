// @ts-check
import { t, useTexts } from '../texts.js'
import { outcomes } from '../texts/outcomes.js'
import { badge } from './badge.js'

useTexts(outcomes)

/** @type {Readonly<Record<string, import('./badge.js').Tone>>} */
const TONES = {
  accepted: 'good',
  delivered: 'good',
  partly: 'warn',
  refused: 'bad',
  bounced: 'bad',
  deferred: 'warn',
  delayed: 'warn',
  queued: 'info',
  abandoned: 'plain',
}

/** @param {import('../types').Outcome | import('../types').DeliveryState} outcome */
export const outcomeBadge = (outcome) => badge(t(`outcomes.${outcome}`), TONES[outcome])

/** @param {import('../types').ListState} state */
export function listStateBadge({ kind }) {
  if (kind === 'up') return badge(t('outcomes.listUp'), 'good')
  if (kind === 'suspended') return badge(t('outcomes.listSuspended'), 'warn')
  return badge(t('outcomes.listMisconfigured'), 'bad')
}

const KINDS = {
  ip_blocklist: 'outcomes.kindIpBlocklist',
  ip_allowlist: 'outcomes.kindIpAllowlist',
  domain_blocklist: 'outcomes.kindDomainBlocklist',
  uri_blocklist: 'outcomes.kindUriBlocklist',
}

/** @param {import('../types').ListKind} kind */
export const listKind = (kind) => t(KINDS[kind])

const ACTIONS = {
  reject: 'outcomes.actionReject',
  score: 'outcomes.actionScore',
  note: 'outcomes.actionNote',
  allow: 'outcomes.actionAllow',
}

/** @param {import('../types').ListAction} action */
export const listAction = (action) => t(ACTIONS[action])
