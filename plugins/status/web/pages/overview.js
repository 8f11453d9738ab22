// @ts-check
import { skeleton } from '../components/state.js'
import { replace } from '../dom.js'

/** @type {import('../types').Page} */
export const page = {
  path: 'overview',
  titleKey: 'nav.overview',
  render(root) {
    replace(root, skeleton(6))
  },
}
