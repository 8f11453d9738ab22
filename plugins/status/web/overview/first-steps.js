// @ts-check
import { card } from '../components/card.js'
import { h } from '../dom.js'
import { linkTo } from '../router.js'
import { t } from '../texts.js'

/**
 * What a new operator does next, as long as no mail has come.
 *
 * @param {{ hasHops: boolean, hasLists: boolean }} done
 */
export const firstSteps = ({ hasHops, hasLists }) =>
  card(
    t('overview.firstTitle'),
    [
      h('p', { class: 'soft' }, t('overview.firstText')),
      h(
        'ol',
        { class: 'steps' },
        step(
          hasHops,
          t('overview.firstDomains'),
          h('a', { href: linkTo('domains') }, t('overview.toDomains')),
        ),
        step(hasLists, t('overview.firstLists'), h('a', { href: linkTo('lists') }, t('overview.toLists'))),
        step(false, t('overview.firstCheck'), h('a', { href: linkTo('check') }, t('overview.toCheck'))),
        step(false, t('overview.firstMail')),
      ),
    ],
    { class: 'first-steps' },
  )

/** @param {boolean} isDone @param {string} text @param {import('../types').Child} [link] */
const step = (isDone, text, link) =>
  h(
    'li',
    { class: isDone ? 'is-done' : undefined },
    text,
    ' ',
    isDone ? h('span', { class: 'soft' }, t('overview.done')) : link,
  )
