/**
 * Positions of a needle from left to right. Each answer is remembered, so that asking again and again costs
 * one pass over the text in total: a bare indexOf at each step is quadratic when the needle is rare.
 * Infinity when there is none left.
 */
export function finder(text: string, needle: string): (from: number) => number {
  let found = -1
  return (from) => {
    if (found < from) {
      found = text.indexOf(needle, from)
      if (found < 0) found = Infinity
    }
    return found
  }
}
