import type { ListView } from '../lists/list-view'

/**
 * Id of the list that a refusal names. Only those of the settings are known: a next hop may write what it likes into
 * its replies, and each new name would be a series of its own.
 */
export function listNamedIn(
  reply: string,
  lists: readonly Pick<ListView, 'id' | 'name'>[],
): string | undefined {
  if (!reply.includes(' is listed in ')) return undefined
  const named = lists.filter(({ name }) => reply.includes(` is listed in ${name}`))
  // One name may begin with another.
  return named.toSorted((a, b) => b.name.length - a.name.length)[0]?.id
}
