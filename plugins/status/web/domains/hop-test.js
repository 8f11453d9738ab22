// @ts-check
import { api } from '../api.js'
import { button } from '../components/button.js'
import { openDialog } from '../components/dialog.js'
import { field } from '../components/field.js'
import { notice, skeleton } from '../components/state.js'
import { h, replace } from '../dom.js'
import { formatDuration } from '../format.js'
import { icon } from '../icons.js'
import { t } from '../texts.js'

/** @typedef {{ readonly name: string, readonly ok: boolean, readonly text: string, readonly ms: number }} Step */

/** Walks through a delivery without a message, and shows each step. @param {string} domain */
export function openHopTest(domain) {
  const life = new AbortController()
  return openDialog(t('domains.testOf', { domain }), (close) => {
    const recipient = h('input', {
      type: 'email',
      autocomplete: 'off',
      autocapitalize: 'none',
      placeholder: `anna@${domain.replace(/^\./, 'mail.')}`,
    })
    const result = h('div', { class: 'hop-test', role: 'status' })
    const run = async () => {
      replace(result, h('p', { class: 'soft' }, t('domains.testing')), skeleton(3))
      try {
        const address = recipient.value.trim()
        const answer = await api.post(
          '/next-hops/test',
          { domain, ...(address === '' ? {} : { recipient: address }) },
          { signal: life.signal },
        )
        replace(result, stepList(answer))
      } catch (error) {
        replace(result, notice('bad', error instanceof Error ? error.message : String(error)))
      }
    }
    return {
      body: [
        h('p', { class: 'soft' }, t('domains.testHelp')),
        field({ label: t('domains.testRecipient'), control: recipient }),
        result,
      ],
      actions: [
        button(t('common.close'), () => close()),
        button(t('domains.testRun'), run, { kind: 'primary' }),
      ],
    }
  }).finally(() => life.abort())
}

/** @param {{ steps: readonly Step[], ok: boolean }} answer */
const stepList = ({ steps, ok }) => [
  notice(ok ? 'good' : 'bad', ok ? t('domains.testPassed') : t('domains.testFailed')),
  h(
    'ol',
    { class: 'step-list' },
    steps.map((step) =>
      h(
        'li',
        { class: `step ${step.ok ? 'step-ok' : 'step-bad'}` },
        icon(step.ok ? 'ok' : 'alert'),
        h(
          'div',
          {},
          h('strong', {}, step.name),
          h(
            'span',
            { class: 'visually-hidden' },
            ` ${step.ok ? t('domains.stepOk') : t('domains.stepFailed')} `,
          ),
          h('span', { class: 'soft small' }, ` ${formatDuration(step.ms)}`),
          h('p', { class: 'step-text' }, step.text),
        ),
      ),
    ),
  ),
]
