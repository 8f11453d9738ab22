/**
 * The greeting (RFC 5321 4.2): the hostname comes first, `ESMTP` second, the session id last, whatever the
 * operator sets. Further lines follow as they are.
 */
export function greetingLines(
  lines: readonly string[],
  session: { hostname: string; product: string; id: string },
): readonly string[] {
  const [text = `${session.product} ready`, ...more] = lines
  return [`${session.hostname} ESMTP ${text} (${session.id})`, ...more]
}
