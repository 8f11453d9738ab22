// @ts-check
import { h, replace, uniqueId } from '../dom.js'

/**
 * @param {object} options
 * @param {string} options.label What the tabs choose between.
 * @param {readonly { id: string, title: string, render: () => import('../dom.js').Child }[]} options.tabs
 * @param {string} [options.selected]
 * @param {(id: string) => void} [options.onSelect]
 */
export function tabs({ label, tabs: items, selected, onSelect }) {
  const panel = h('div', { role: 'tabpanel', class: 'tab-panel', id: uniqueId('panel'), tabindex: 0 })
  const buttons = items.map(({ id, title }) =>
    h(
      'button',
      {
        type: 'button',
        role: 'tab',
        class: 'tab',
        id: uniqueId('tab'),
        'aria-controls': panel.id,
        on: { click: () => choose(id, true) },
      },
      title,
    ),
  )
  const list = h(
    'div',
    {
      role: 'tablist',
      class: 'tab-list',
      'aria-label': label,
      on: {
        keydown: (/** @type {KeyboardEvent} */ event) => {
          const at = buttons.findIndex((each) => each === document.activeElement)
          const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[event.key]
          if (next === undefined || at < 0) return
          event.preventDefault()
          const to = (next + items.length) % items.length
          choose(items[to]?.id ?? '', true)
          buttons[to]?.focus()
        },
      },
    },
    buttons,
  )
  /** @param {string} id @param {boolean} isByHand */
  function choose(id, isByHand) {
    items.forEach((item, index) => {
      const isChosen = item.id === id
      buttons[index]?.setAttribute('aria-selected', String(isChosen))
      buttons[index]?.setAttribute('tabindex', isChosen ? '0' : '-1')
      if (!isChosen) return
      panel.setAttribute('aria-labelledby', buttons[index]?.id ?? '')
      replace(panel, item.render())
    })
    if (isByHand) onSelect?.(id)
  }
  choose(items.some(({ id }) => id === selected) ? String(selected) : (items[0]?.id ?? ''), false)
  return h('div', { class: 'tabs' }, list, panel)
}
