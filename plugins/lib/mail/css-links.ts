import type { Report } from './scanner'
import { scanSchemes } from './scanner'
import { scanUrl } from './url-scanner'

const linkInCss = /url\(\s*["']?([^\s"')]*)|@import\s+["']([^"']*)/gi

/** Hosts in a style sheet or a style attribute: `url(…)`, `@import`, and whatever else has a scheme. */
export function scanCss(css: string, report: Report): void {
  const text = css.includes('\\') ? withoutCssEscapes(css) : css
  if (/url\(|@import/i.test(text)) {
    for (const [, url, imported] of text.matchAll(linkInCss)) {
      scanUrl(url ?? imported ?? '', 'resource', report)
    }
  }
  if (text.includes(':/')) scanSchemes(text, report)
}

/** `\2e ` and `\.` undone (CSS Syntax 4.3.7); a backslash before a line end joins the lines. */
function withoutCssEscapes(css: string): string {
  return css.replace(/\\(?:([0-9a-f]{1,6})\s?|\r?\n|(.))/gi, (_all, hex?: string, plain?: string) => {
    if (hex === undefined) return plain ?? ''
    const code = Number.parseInt(hex, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD'
  })
}
