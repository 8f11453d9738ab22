// @ts-check
import { api } from '../api.js'
import { h, replace } from '../dom.js'
import { t, useTexts } from '../texts.js'
import { users as texts } from '../texts/users.js'
import { ownPassword } from '../users/own-password.js'
import { people } from '../users/people.js'
import { smtpPeople } from '../users/smtp-people.js'
import { tokens } from '../users/tokens.js'

useTexts(texts)

/** @type {import('../types').Page} */
export const page = {
  path: 'users',
  titleKey: 'nav.users',
  async render(root, context) {
    const lists = h('div', { class: 'stack' })
    const show = async () => {
      const [users, all] = await Promise.all([
        api.get('/users', { signal: context.signal }),
        api.get('/tokens', { signal: context.signal }),
      ])
      const ofKind = (/** @type {string} */ kind) =>
        users.filter((/** @type {import('../users/people.js').User} */ user) => user.kind === kind)
      replace(
        lists,
        people(ofKind('ui'), context.session.name, show),
        smtpPeople(ofKind('smtp'), show),
        tokens(all, show),
      )
    }
    if (context.canEdit) await show()
    replace(
      root,
      h(
        'div',
        { class: 'settings stack' },
        !context.canEdit && h('p', { class: 'soft page-intro' }, t('users.readerIntro')),
        lists,
        ownPassword(),
      ),
    )
  },
}
