/** Characters a reader does not see: soft hyphen, joiners, direction marks and overrides, variation selectors. */
// eslint-disable-next-line no-misleading-character-class -- each of them is meant alone
const invisible =
  /[\0\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0]+/g

/** What UTS 46 and NFKC take for a full stop. */
const otherDots = /[\u2024\u3002\uFF0E\uFF61]/g

/** `evil[.]com`, `evil(dot)com`: written for people who put the dot back. */
const bracketedDot = / ?[[({](?:\.|dot)[\])}] ?/gi

/** What has to be there for any of it: a character that is not ASCII, a NUL, an opening bracket. */
// eslint-disable-next-line no-control-regex -- NUL is one of them
const suspicious = /[^\x01-\x7f]|[([{]/

/** The text as a reader takes it: nothing invisible, every dot a dot, full-width letters as plain ones. */
export function withoutDisguise(text: string): string {
  if (!suspicious.test(text)) return text
  return text.replace(invisible, '').replace(otherDots, '.').normalize('NFKC').replace(bracketedDot, '.')
}
