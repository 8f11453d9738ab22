// @ts-check
import { about } from '../forms/about.js'
import { api, ApiFailure } from '../api.js'
import { badge } from '../components/badge.js'
import { button } from '../components/button.js'
import { confirmDialog, openDialog } from '../components/dialog.js'
import { emptyState } from '../components/state.js'
import { table } from '../components/table.js'
import { toast } from '../components/toast.js'
import { h, replace } from '../dom.js'
import { tellApplied } from '../draft-review.js'
import { diffView } from '../forms/diff.js'
import { formatPath } from '../forms/path-text.js'
import { renderSettings } from '../forms/settings-page.js'
import { crumbsOf } from '../forms/words.js'
import { formatAgo, formatTime } from '../format.js'
import { t, useTexts } from '../texts.js'
import { history } from '../texts/history.js'

useTexts(history)

const STEP = 30
/** The API gives no more. */
const MOST = 200
const NAMED = 4

/**
 * @typedef {object} Entry
 * @property {string} id
 * @property {number} time
 * @property {string} by
 * @property {'ui' | 'api' | 'file' | 'rollback'} via
 * @property {string} [note]
 * @property {string} version
 * @property {readonly (string | import('../forms/values.js').Path)[]} summary
 */

/** @type {import('../types').Page} */
export const page = {
  path: 'history',
  titleKey: 'nav.history',
  async render(root, context) {
    await renderSettings(root, context, async (form) => {
      const list = h('div', { class: 'history' })
      let limit = STEP
      const show = async () => {
        /** @type {readonly Entry[]} */
        const entries = await api.get('/history', {
          query: { limit: Math.min(limit + 1, MOST) },
          signal: context.signal,
        })
        const shown = entries.slice(0, limit)
        replace(
          list,
          shown.length === 0
            ? emptyState({ title: t('history.none'), text: t('history.noneText') })
            : historyTable(form, shown, show),
          entries.length > limit &&
            button(t('history.more'), () => {
              limit += STEP
              return show()
            }),
        )
      }
      context.on('settings', () => {
        show().catch(() => undefined)
      })
      await show()
      return [h('p', { class: 'soft page-intro' }, t('history.intro')), list]
    })
  },
}

/**
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {readonly Entry[]} entries
 * @param {() => Promise<void>} onRestored
 */
function historyTable(form, entries, onRestored) {
  const { version } = form.draft.settings()
  const newest = entries[0]
  return h(
    'div',
    { class: 'card' },
    h(
      'div',
      { class: 'card-body' },
      table({
        caption: t('nav.history'),
        rows: entries,
        columns: [
          {
            title: t('history.when'),
            isHead: true,
            cell: ({ time, version: its }) => [
              h('span', { title: formatTime(time) }, formatAgo(time)),
              its === version && [' ', badge(t('history.current'), 'good')],
            ],
          },
          { title: t('history.who'), cell: ({ by }) => (by === 'by hand' ? t('history.byHand') : by) },
          { title: t('history.how'), cell: ({ via }) => t(`history.via_${via}`) },
          {
            title: t('history.what'),
            class: 'history-what',
            cell: ({ summary, note }) =>
              h(
                'div',
                {},
                note !== undefined && h('p', { class: 'history-note' }, note),
                h('p', {}, summaryText(form, summary)),
              ),
          },
          {
            title: t('history.show'),
            isTitleHidden: true,
            cell: (entry) =>
              button(t('history.show'), () => openEntry(form, entry, entry === newest, onRestored), {
                label: about(t('history.show'), formatTime(entry.time)),
              }),
          },
        ],
      }),
    ),
  )
}

/** @param {import('../forms/settings-page.js').SettingsPage} form @param {Entry['summary']} summary */
function summaryText(form, summary) {
  if (summary.length === 0) return t('history.noSummary')
  const names = summary
    .slice(0, NAMED)
    .map((each) =>
      typeof each === 'string' ? each : crumbsOf(form.draft.model(), each).join(' › ') || formatPath(each),
    )
  const more = summary.length - names.length
  return names.join(', ') + (more > 0 ? ` ${t('history.andMore', { count: more })}` : '')
}

/**
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {Entry} entry
 * @param {boolean} isNewest
 * @param {() => Promise<void>} onRestored
 */
async function openEntry(form, entry, isNewest, onRestored) {
  const { diff } = await api.get(`/history/${encodeURIComponent(entry.id)}`)
  const time = formatTime(entry.time)
  const isWanted = await openDialog(
    time,
    (/** @type {(result?: boolean) => void} */ close) => ({
      body: [
        h(
          'p',
          {},
          entry.by === 'by hand' ? t('history.byHand') : entry.by,
          ', ',
          t(`history.via_${entry.via}`),
        ),
        entry.note !== undefined && h('p', { class: 'history-note' }, entry.note),
        diff.trim() === ''
          ? h('p', { class: 'soft' }, t('history.noSummary'))
          : [h('h3', {}, t('history.diff')), diffView(diff, t('history.diff'))],
      ],
      actions: [
        button(t('common.close'), () => close()),
        form.canEdit && !isNewest && button(t('history.restore'), () => close(true), { kind: 'primary' }),
      ],
    }),
    { isWide: true },
  )
  if (isWanted) await restore(form, entry, onRestored)
}

/**
 * @param {import('../forms/settings-page.js').SettingsPage} form
 * @param {Entry} entry
 * @param {() => Promise<void>} onRestored
 */
async function restore({ draft }, entry, onRestored) {
  if (draft.size() > 0) {
    toast(t('history.restoreDraft'), 'bad')
    return
  }
  const isSure = await confirmDialog({
    title: t('history.restoreTitle', { time: formatTime(entry.time) }),
    text: t('history.restoreText'),
    confirm: t('history.restore'),
  })
  if (!isSure) return
  try {
    const answer = await api.post(`/history/${encodeURIComponent(entry.id)}/restore`, {})
    await draft.load()
    await tellApplied(answer)
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.errors.length === 0) throw error
    // What was right then need not be right now: a certificate may be gone.
    const reasons = error.errors.map(({ path, message }) => `${formatPath(path)}: ${message}`)
    toast([error.message, ...reasons].join('\n'), 'bad')
  }
  await onRestored()
}
