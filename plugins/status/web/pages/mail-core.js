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
        t('mail-core.ports'),
        ['address', 'other', 'smtp', 'submission', 'smtps'].map((key) => ['listen', key]),
        { intro: t('mail-core.portsIntro'), before: endpoints },
      ),
      settingsCard(form, t('mail-core.certificate'), [['tls', 'certificate']], { before: certificate }),
      settingsCard(form, t('mail-core.greeting'), [
        ['greeting'],
        ['inactivity_timeout'],
        ['max_connections'],
        ['max_connections_per_host'],
        ['max_recipients'],
      ]),
    ])
  },
}

/** @param {import('../types').GatewayState['listeners']} listeners */
const endpointList = (listeners) =>
  listeners.length === 0
    ? notice('warn', t('mail-core.noEndpoints'))
    : h(
        'ul',
        { class: 'endpoint-list', 'aria-label': t('mail-core.endpoints') },
        listeners.map(({ endpoint, state, fault }) =>
          h(
            'li',
            {},
            h('code', {}, endpoint),
            ' ',
            state === 'listening'
              ? badge(t('mail-core.listening'), 'good')
              : badge(t('mail-core.failed'), 'bad'),
            fault !== undefined && h('span', { class: 'endpoint-fault' }, fault),
          ),
        ),
      )

/** @param {import('../types').GatewayState['certificate']} certificate */
function certificateFacts(certificate) {
  if (!certificate) return h('p', { class: 'soft card-intro' }, t('mail-core.noCertificate'))
  const { subject, names, notAfter, daysLeft, fault } = certificate
  return [
    fault !== undefined && notice('bad', fault),
    h(
      'dl',
      { class: 'facts' },
      h('dt', {}, t('mail-core.subject')),
      h('dd', {}, subject),
      h('dt', {}, t('mail-core.names')),
      h('dd', {}, names.join(', ')),
      notAfter !== undefined &&
        daysLeft !== undefined && [
          h('dt', {}, t('mail-core.validUntil')),
          h(
            'dd',
            { class: daysLeft < 14 && 'is-bad' },
            validityText(formatDay(notAfter), Math.floor(daysLeft)),
          ),
        ],
    ),
  ]
}

/** @param {string} date @param {number} count Days left. */
const validityText = (date, count) =>
  count < 0 ? t('mail-core.expired', { date }) : t('mail-core.daysLeft', { date, count })
