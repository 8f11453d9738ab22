import type { ExplainReport } from '../lib/explain'
import type { Asked } from '../lib/lists'
import type { Step } from '../lib/explain/step'
import { itemText } from '../lib/lists'
import { findingText } from './finding-text'
import { shown } from './table'

const LABEL_WIDTH = 11

/** A report for people. `steps`: with everything in the order it happened. */
export function explainText(report: ExplainReport, { steps }: { readonly steps: boolean }): string {
  const { verdict, score, rejectScore, skipped, wouldRefuse, leftOut, remarks, results } = report
  const by = verdict.by === undefined ? '' : ` [${verdict.by}]`
  const lines = [
    `${verdict.outcome} at ${verdict.stage}: ${oneLine(verdict.reply)}${by}`,
    ...section('client', [clientLine(report)]),
    ...section('dialogue', report.exchanges.flatMap(exchangeLines)),
    ...section('lists', [...new Set(report.lists.map(askedText))]),
    ...section('score', [`${score} of ${rejectScore}, which refuses`]),
    ...section('size', sizeLines(report)),
    ...section('next hop', report.nextHops.flatMap(nextHopLines)),
    ...section('From', fromLines(report)),
    ...section('header', headerLines(report)),
    ...section('would', wouldRefuse.map((what) => `refuse ${what}`)), // prettier-ignore
    ...section('skipped', skipped),
    ...section('results', results.map(resultText)),
    ...section(
      'left out',
      leftOut.map(({ plugin, reason }) => `${plugin}: ${reason}`),
    ),
    ...section('steps', steps ? report.steps.map(stepText) : []),
    ...section('note', [...remarks, `It took ${report.ms} ms.`]),
  ]
  return lines.map((line) => `${shown(line)}\n`).join('')
}

function section(label: string, texts: readonly string[]): readonly string[] {
  return texts.map((text, at) => `  ${(at === 0 ? label : '').padEnd(LABEL_WIDTH)}${text}`)
}

const oneLine = (reply: string): string => reply.replace(/\n/g, ' / ')

function clientLine({ client }: ExplainReport): string {
  const { ip, name, helo, port, isEncrypted, user } = client
  return [
    `${ip}${name === undefined ? '' : ` (${name})`}`,
    `HELO ${helo}`,
    `port ${port}`,
    isEncrypted ? 'TLS' : '',
    user === undefined ? '' : `signed in as ${user}`,
  ]
    .filter(Boolean)
    .join(', ')
}

function exchangeLines({ stage, command, reply, ms }: ExplainReport['exchanges'][number]): readonly string[] {
  const sent = command ?? (stage === 'message' ? 'the message' : '(connects)')
  return [`> ${sent}`, ...reply.split('\n').map((line, at) => `< ${line}${at === 0 ? `  (${ms} ms)` : ''}`)]
}

function askedText({ listKind, asked, answer, isCached, finding }: Asked): string {
  const where = asked === undefined ? '' : `, ${asked}${answer === undefined ? '' : ` = ${answer}`}`
  const ms = 'ms' in finding ? `, ${finding.ms} ms${isCached ? ' from the cache' : ''}` : ''
  return `${finding.list} (${listKind}) about ${itemText(finding.item)}: ${findingText(finding)}${where}${ms}`
}

function sizeLines({ size }: ExplainReport): readonly string[] {
  if (!size) return []
  const { declaredBytes, receivedBytes, limit } = size
  const rule = `message_size.${limit.rule}${limit.key === '' ? '' : ` ${limit.key}`}`
  return [`${declaredBytes} bytes declared, ${receivedBytes} received, of ${limit.bytes} by ${rule}`]
}

function nextHopLines({ recipient, destinations, isAsked }: ExplainReport['nextHops'][number]): string[] {
  return destinations.map(({ recipient: to, nextHop, isQueued, isContact }) => {
    const contact = isContact ? ` to the administrative contact ${to}` : ''
    const where = nextHop ?? `the MX of ${to.slice(to.lastIndexOf('@') + 1)}`
    const asked = isAsked ? 'asked' : 'not asked'
    return `<${recipient}>${contact} by ${where}, ${isQueued ? 'from the queue' : 'while the client waits'}, ${asked}`
  })
}

function fromLines({ header, mark }: ExplainReport): readonly string[] {
  if (!header) return []
  const { fromBefore, fromAfter } = header
  const isChanged = fromBefore.join('\n') !== fromAfter.join('\n')
  return [
    ...fromBefore.map((field) => `${isChanged ? 'before  ' : ''}${unfolded(field)}`),
    ...(isChanged ? fromAfter.map((field) => `after   ${unfolded(field)}`) : []),
    ...(mark ? [`${mark.action}${mark.why.length > 0 ? `: ${mark.why.join('; ')}` : ''}`] : []),
  ]
}

function headerLines({ header, verdict }: ExplainReport): readonly string[] {
  if (!header || verdict.stage !== 'message') return []
  return [
    ...header.removed.map((field) => `- ${unfolded(field)}`),
    ...header.added.map((field) => `+ ${unfolded(field)}`),
  ]
}

const unfolded = (field: string): string => field.replace(/\r?\n[ \t]*/g, ' ').trim()

function resultText({ plugin, ...lists }: ExplainReport['results'][number]): string {
  const said = Object.entries(lists).filter(([, texts]) => texts.length > 0)
  return `${plugin}: ${said.map(([key, texts]) => `${key} ${texts.join(', ')}`).join('; ')}`
}

function stepText(step: Step): string {
  return `${`${step.atMs}`.padStart(7)} ms  ${factText(step)}`
}

function factText(step: Step): string {
  switch (step.kind) {
    case 'hook': {
      const text = step.text === undefined ? '' : `: ${oneLine(step.text)}`
      return `${step.hook}: ${step.plugin} ${step.outcome}${text} (${step.ms} ms)`
    }
    case 'left-out':
      return `${step.hook ?? 'all hooks'}: ${step.plugin} is left out: ${step.reason}`
    case 'lookup':
      return askedText(step)
    case 'next-hop':
      return nextHopLines(step).join('; ')
    case 'log':
      return `${step.plugin} logs: ${step.text}`
    case 'reply':
      return exchangeLines(step).join(' ')
  }
}
