import { createHash } from 'node:crypto'

/** What the extraction benchmark reads. Everything is made up and the same in each run. */

/**
 * 40 kB, 60 links (40 to click, some of them through a redirector, and 20 images), 20 domains. Links to click carry
 * 160 characters about the reader, as those of the large senders do.
 */
export const newsletter = ((): string => {
  const cell =
    'padding:12px 24px;font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:22px;color:#333333'
  const rows = Array.from({ length: 40 }, (_, i) => {
    const domain = `shop${i % 20}.com`
    const target = i % 8 === 0 ? `&amp;to=https%3A%2F%2Fwww.${domain}%2Foffer%2F${i}` : ''
    const image = `<img src="https://img.${domain}/a/${i}.png" width="120" height="80" alt="Offer" border="0" />`
    return (
      `<tr>\r\n  <td align="left" valign="top" style="${cell}">\r\n    <a href="https://click.${domain}/c/${i}?u=` +
      `${reader(i)}&amp;e=42${target}" style="color:#0066cc;text-decoration:none" target="_blank">Offer ` +
      `number ${i}</a>\r\n    <p style="margin:0 0 12px 0">Our summer catalogue has arrived. Choose from more than a ` +
      `hundred new articles for <b>garden</b> and home, delivered to your door within two days, and pay later if ` +
      `you like. The first ten customers get a small present.</p>\r\n    <p style="margin:0">This offer is good ` +
      `until Sunday evening, as long as we have it in stock. Prices include taxes.</p>\r\n    ` +
      `${i % 2 === 0 ? image : '<span style="font-size:11px;color:#999999">No picture yet</span>'}\r\n  </td>\r\n</tr>\r\n`
    )
  })
  return (
    '<!DOCTYPE html>\r\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title>News</title>\r\n<style type="text/css">' +
    'body{margin:0;padding:0} .x{color:#f00} @media (max-width:600px){.y{width:100%}}</style></head>\r\n' +
    `<body bgcolor="#ffffff"><table width="600" cellpadding="0">\r\n${rows.join('')}</table></body></html>\r\n`
  )
})()

/** What a sender knows about a reader, the same in each run. */
function reader(seed: number): string {
  return createHash('sha512').update(`${seed}`).digest('base64url').repeat(2).slice(0, 160)
}

export const plain =
  'Hello Anna,\r\n\r\nthe minutes of our last meeting are at https://intranet.shop1.com/minutes/42 now. ' +
  'Please send what is missing to bob@shop2.com until Friday.\r\n\r\n' +
  'We talked about the new office, the plants in it, and who waters them in summer.\r\n'.repeat(20) +
  '\r\nSee you, Bob\r\nwww.shop3.com\r\n'

export const prose = (
  'It was a bright cold day, and the clocks were striking. Nobody knew how late it was, but all of them went ' +
  'home; some by train, some on foot, and the last one in the rain.\r\n'
).repeat(1230)

/** `count` names that differ, `length` characters in all. */
export function distinctNames(count: number, length: number): string {
  const each = Math.floor(length / count) - 5
  return Array.from({ length: count }, (_, i) => `${i.toString(36).padStart(each, 'q')}.com\r\n`).join('')
}

const megabyte = 1_000_000
const filled = (pattern: string): string => pattern.repeat(Math.ceil(megabyte / pattern.length))

/** One megabyte of each. */
export const hostile: Readonly<Record<string, string>> = {
  'a.a.a.': filled('a.'),
  'http://': filled('http://'),
  'http://a.': filled('http://a.'),
  '@': filled('@'),
  'a-': filled('a-'),
  'com.': filled('com.'),
  'comx.': filled('comx.'),
  'a.com ': filled('a.com '),
  'a.co,': filled('a.co,'),
  '%2F': filled('%2F'),
  'http://a.com/%2F…': `http://a.com/${filled('%2F')}`,
  'http://a.com/%25252E…': `http://a.com/${filled('%25252E')}`,
  'http://a.com/?u=http://b.com…': `http://a.com/${filled('?u=http://b.com')}`,
  '&#46;': filled('&#46;'),
  '<': filled('<'),
  '<b>.</b>': filled('<b>.</b>'),
  '<b>a</b>': filled('<b>a</b>'),
  '<a href=x.co>': filled('<a href=x.co>'),
  '<!--': filled('<!--'),
  '<style>': filled('<style>'),
  '</': filled('</'),
  '<a b="': filled('<a b="'),
  'style="(\\2e"': filled('<p style="(\\2e">'),
  'aHR0c…': filled('aHR0cHM6Ly9ldmlsLmNvbS9 '),
  'evil[.]com ': filled('evil[.]com '),
  '[': filled('['),
  '(': filled('('),
  '中.com': filled('中.com'),
  'ä.ä.': filled('ä.ä.'),
  '\u00AD.': filled('\u00AD.'),
  'base64 in one line': filled('QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo'),
  '20,000 names': distinctNames(20_000, megabyte),
  '20,000 links': distinctNames(20_000, megabyte).replace(/q{4}(q*)/g, 'http://$1'),
  '20,000 IDN': distinctNames(20_000, megabyte).replace(/q{4}/g, 'ü'),
}
