// @ts-check
import { button } from '../components/button.js'
import { card } from '../components/card.js'
import { field } from '../components/field.js'
import { nameInput } from '../components/name-input.js'
import { h } from '../dom.js'
import { t } from '../texts.js'

/**
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {(domain: string) => void} onAdded
 */
export function addDomain({ draft }, onAdded) {
  const domain = nameInput(() => add())
  const kind = h(
    'select',
    {},
    h('option', { value: 'host' }, t('domains.smtp')),
    h('option', { value: 'maildir' }, t('domains.maildir')),
  )
  const domainField = field({ label: t('domains.domain'), control: domain, hint: t('domains.domainHint') })
  function add() {
    const name = domain.value.trim().toLowerCase()
    const path = ['next_hops', name]
    if (name === '' || draft.value(path) !== undefined) {
      domainField.setError(name === '' ? t('domains.missing') : t('domains.exists'))
      domain.focus()
      return
    }
    domainField.setError(undefined)
    domain.value = ''
    draft.edit(path, kind.value === 'host' ? { host: '' } : { maildir: `mail/${name.replace(/^\./, '')}` })
    onAdded(name)
  }
  return card(
    t('domains.add'),
    h(
      'div',
      { class: 'add-line' },
      domainField,
      field({ label: t('domains.kind'), control: kind }),
      button(t('domains.addButton'), add, { kind: 'primary' }),
    ),
  )
}
