// @ts-check
import { h } from '../dom.js'
import { language, languages, setLanguage, t } from '../texts.js'
import { setTheme, theme } from '../theme.js'

/**
 * Language and appearance; kept by the browser.
 *
 * @param {() => void} onLanguage Everything is to be drawn again.
 */
export function preferences(onLanguage) {
  const languageSelect = h(
    'select',
    {
      'aria-label': t('nav.language'),
      name: 'language',
      on: {
        change: () => {
          setLanguage(/** @type {import('../texts.js').Language} */ (languageSelect.value))
          onLanguage()
        },
      },
    },
    languages.map(({ code, name }) =>
      h('option', { value: code, lang: code, selected: code === language() }, name),
    ),
  )
  const themeSelect = h(
    'select',
    {
      'aria-label': t('nav.theme'),
      name: 'theme',
      on: { change: () => setTheme(/** @type {import('../theme.js').Theme} */ (themeSelect.value)) },
    },
    [
      ['system', t('nav.themeSystem')],
      ['light', t('nav.themeLight')],
      ['dark', t('nav.themeDark')],
    ].map(([value, title]) => h('option', { value, selected: value === theme() }, title)),
  )
  return h('div', { class: 'preferences' }, languageSelect, themeSelect)
}
