/** The text with %XX undone once. Malformed escapes stay; bytes that are no UTF-8 are taken one by one. */
export function percentDecoded(text: string): string {
  let decoded = ''
  let from = 0
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', from)) {
    decoded += text.slice(from, at)
    const octet = octetAt(text, at)
    if (Number.isNaN(octet)) {
      decoded += '%'
      from = at + 1
    } else if (octet < 0x80) {
      decoded += String.fromCharCode(octet)
      from = at + 3
    } else {
      from = endOfRun(text, at)
      decoded += fromUtf8(text.slice(at, from))
    }
  }
  return decoded + text.slice(from)
}

/** The octet that the escape at a position stands for, or NaN. */
function octetAt(text: string, at: number): number {
  return text.charCodeAt(at) === 0x25
    ? hexDigit(text.charCodeAt(at + 1)) * 16 + hexDigit(text.charCodeAt(at + 2))
    : NaN
}

export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : NaN
}

function endOfRun(text: string, from: number): number {
  let end = from
  while (octetAt(text, end) >= 0x80) end += 3
  return end
}

function fromUtf8(run: string): string {
  try {
    return decodeURIComponent(run)
  } catch {
    return Buffer.from(run.replaceAll('%', ''), 'hex').toString('latin1')
  }
}
