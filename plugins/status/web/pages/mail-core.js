// @ts-check
import { api } from '../api.js'
import { badge } from '../components/badge.js'
import { notice } from '../components/state.js'
import { h, replace } from '../dom.js'
import { formatDay } from '../format.js'
import { settingsCard } from '../forms/cards.js'
import { renderSettings } from '../forms/settings-page.js'
import { t, useTexts } from '../texts.js'
import { mailCore } from '../texts/mail-core.js'

useTexts(mailCore)

/** @type {import('../types').Page} */
export const page = {
  path: 'mail-core',
  titleKey: 'nav.mailCore',
  async render(root, context) {
    const endpoints = h('div', { class: 'endpoints' })
    const certificate = h('div', {})
    const show = async () => {
      const state = await api.get('/state', { signal: context.signal })
      replace(endpoints, endpointList(state.listeners))
      replace(certificate, certificateFacts(state.certificate))
    }
    const showQuietly = () => {
      show().catch(() => undefined)
    }
    context.on('settings', showQuietly)
    context.on('state', showQuietly)
    showQuietly()
    await renderSettings(root, context, (form) => [
      settingsCard(
        form,
        t('mailCore.ports'),
        ['address', 'other', 'smtp', 'submission', 'smtps'].map((key) => ['listen', key]),
        { intro: t('mailCore.portsIntro'), before: endpoints },
      ),
      settingsCard(form, t('mailCore.certificate'), [['tls', 'certificate']], { before: certificate }),
      settingsCard(form, t('mailCore.greeting'), [['greeting'], ['inactivity_timeout']]),
    ])
  },
}

/** @param {readonly { endpoint: string, state: 'listening' | 'failed', fault?: string }[]} listeners */
const endpointList = (listeners) =>
  listeners.length === 0
    ? notice('warn', t('mailCore.noEndpoints'))
    : h(
        'ul',
        { class: 'endpoint-list', 'aria-label': t('mailCore.endpoints') },
        listeners.map(({ endpoint, state, fault }) =>
          h(
            'li',
            {},
            h('code', {}, endpoint),
            ' ',
            state === 'listening'
              ? badge(t('mailCore.listening'), 'good')
              : badge(t('mailCore.failed'), 'bad'),
            fault !== undefined && h('span', { class: 'endpoint-fault' }, fault),
          ),
        ),
      )

/** @param {null | { subject: string, names: readonly string[], notAfter: number | string, daysLeft: number, fault?: string }} certificate */
function certificateFacts(certificate) {
  if (!certificate) return h('p', { class: 'soft card-intro' }, t('mailCore.noCertificate'))
  const { subject, names, daysLeft, fault } = certificate
  const date = formatDay(new Date(certificate.notAfter).getTime())
  const days =
    daysLeft < 0
      ? t('mailCore.expired', { date })
      : t('mailCore.daysLeft', { date, count: Math.floor(daysLeft) })
  return [
    fault !== undefined && notice('bad', fault),
    h(
      'dl',
      { class: 'facts' },
      h('dt', {}, t('mailCore.subject')),
      h('dd', {}, subject),
      h('dt', {}, t('mailCore.names')),
      h('dd', {}, names.join(', ')),
      h('dt', {}, t('mailCore.validUntil')),
      h('dd', { class: daysLeft < 14 && 'is-bad' }, days),
    ),
  ]
}
