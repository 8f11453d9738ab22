// @ts-check
import { linkTo, navigate } from '../router.js'
import { pageOf } from './places.js'
import { isWithin } from './values.js'

/**
 * Takes the reader to a setting, on whatever page it is.
 *
 * @param {import('./values.js').Path} path
 */
export function goToSetting(path) {
  if (!focusSetting(path)) navigate(linkTo(pageOf(path), { at: JSON.stringify(path) }))
}

/**
 * Focuses what is wrong at `path`, else the first control of the setting.
 *
 * @param {import('./values.js').Path} path
 * @returns {boolean} Whether it is on this page.
 */
export function focusSetting(path) {
  /** @type {HTMLElement[]} */
  const settings = [...document.querySelectorAll('[data-setting]')].filter(
    (each) => each instanceof HTMLElement,
  )
  const places = settings.map((element) => ({ element, place: JSON.parse(element.dataset.setting ?? '[]') }))
  /** @param {{ place: import('./values.js').Path }} a @param {{ place: import('./values.js').Path }} b */
  const byDepth = (a, b) => a.place.length - b.place.length
  const setting =
    places
      .filter(({ place }) => isWithin(path, place))
      .sort(byDepth)
      .at(-1) ?? places.filter(({ place }) => isWithin(place, path)).sort(byDepth)[0]
  if (!setting) return false
  openAround(setting.element)
  const control =
    setting.element.querySelector('[aria-invalid="true"]:is(input, select, textarea)') ??
    // Which form a value has was chosen before.
    setting.element.querySelector(':is(input, select, textarea):not(.variant-choice)') ??
    setting.element.querySelector('button')
  if (!(control instanceof HTMLElement)) return false
  openAround(control)
  control.focus()
  control.scrollIntoView({ block: 'center' })
  return true
}

/** @param {Element} element */
function openAround(element) {
  for (let each = element.closest('details'); each; each = each.parentElement?.closest('details') ?? null) {
    each.open = true
  }
}
