// @ts-check
import { h } from '../dom.js'
import { formatDuration } from '../format.js'
import { t, useTexts } from '../texts.js'
import { checkResults as texts } from '../texts/check-results.js'
import { badge } from './badge.js'
import { card } from './card.js'
import { listAction, listKind, listStateBadge } from './outcome.js'
import { emptyState } from './state.js'
import { table } from './table.js'

useTexts(texts)

/**
 * What the lists say about each item, and what that means for mail.
 *
 * @param {readonly import('../types').ItemCheck[]} checks
 */
export const checkResults = (checks) => checks.map(itemCard)

/** @param {import('../types').ItemCheck} check */
function itemCard({ item, isListed, verdict, answers }) {
  const word = isListed ? badge(t('check-results.listed'), 'bad') : badge(t('check-results.clean'), 'good')
  return card(h('span', { class: 'check-item' }, item), [
    h('p', { class: 'check-verdict' }, answers.length > 0 && [word, ' '], verdict),
    answers.length === 0
      ? emptyState({ title: t('check-results.noList'), text: t('check-results.noListText') })
      : table({
          caption: t('check-results.caption', { item }),
          rows: answers,
          columns: [
            {
              title: t('check-results.list'),
              isHead: true,
              cell: ({ list, kind }) => [list, h('span', { class: 'cell-note' }, listKind(kind))],
            },
            { title: t('check-results.answer'), cell: ({ finding }) => answer(finding) },
            { title: t('check-results.asked'), cell: ({ asked }) => asked && h('code', {}, asked) },
            {
              title: t('check-results.health'),
              cell: ({ health }) => [
                listStateBadge(health),
                health.kind !== 'up' && h('span', { class: 'cell-note' }, health.reason),
              ],
            },
            {
              title: t('check-results.took'),
              isNumber: true,
              cell: ({ finding }) => ('ms' in finding ? formatDuration(finding.ms) : '–'),
            },
          ],
        }),
  ])
}

/** @param {import('../types').Finding} finding */
function answer(finding) {
  switch (finding.kind) {
    case 'clear':
      return badge(t('check-results.notListed'), 'good')
    case 'skipped':
      return [badge(t('check-results.notAsked')), h('div', {}, finding.reason)]
    case 'error':
      return [badge(t('check-results.noAnswer'), 'warn'), h('div', {}, finding.reason)]
    case 'listed':
      return [
        badge(t('check-results.listed'), finding.action === 'allow' ? 'good' : 'bad'),
        finding.codes.map(({ code, meaning, action }) =>
          h(
            'div',
            {},
            h('code', {}, code),
            ` ${meaning} `,
            h('span', { class: 'soft' }, `→ ${listAction(action)}`),
          ),
        ),
        finding.lookupUrl !== undefined &&
          h('div', {}, h('a', { href: finding.lookupUrl }, t('check-results.lookup'))),
      ]
  }
}
