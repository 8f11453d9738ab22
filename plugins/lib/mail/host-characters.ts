/** 1 for ASCII letters, digits, hyphen and underscore. */
const ascii = new Uint8Array(128)
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_') {
  ascii[character.charCodeAt(0)] = 1
}

/** What was found out about the other UTF-16 code units: 1 part of a label, 2 not. */
const others = new Uint8Array(65_536)

/** Can the code unit be part of a label? Letters, marks and digits of any script; half of a surrogate pair too. */
export function isLabelCode(code: number): boolean {
  if (code < 128) return ascii[code] === 1
  if (others[code] === 0) {
    others[code] = /[\p{L}\p{M}\p{N}\p{Cs}]/u.test(String.fromCharCode(code)) ? 1 : 2
  }
  return others[code] === 1
}

const fullStop = 0x2e

/** First position of the labels and single dots that end at `end`, not before `floor`. */
export function hostStart(text: string, end: number, floor: number): number {
  let start = end
  while (start > floor) {
    const code = text.charCodeAt(start - 1)
    if (!isLabelCode(code) && (code !== fullStop || text.charCodeAt(start) === fullStop)) break
    start--
  }
  return start
}

/** Position after the labels and single dots that begin at `start`. */
export function hostEnd(text: string, start: number, limit: number): number {
  let end = start
  while (end < limit) {
    const code = text.charCodeAt(end)
    if (!isLabelCode(code) && (code !== fullStop || text.charCodeAt(end - 1) === fullStop)) break
    end++
  }
  return end
}

/** Scripts written without spaces: a host may touch the words around it. */
const spaceless = /[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u2E80-\uD7FF\uF900-\uFAFF]+/

/** `请访问evil.com谢谢` may mean the whole, but a reader sees `evil.com`: the pieces between such words. */
export function piecesBetweenWords(run: string): readonly string[] {
  if (!spaceless.test(run)) return []
  return run.split(spaceless).filter((piece) => piece.length < run.length && piece.includes('.'))
}
