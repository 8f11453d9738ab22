/**
 * What a listener is for: `transfer` between mail servers, `submission` by people who send (RFC 6409), or
 * `submissions`, the same with TLS from the first byte (RFC 8314 3.3).
 */
export type Role = 'transfer' | 'submission' | 'submissions'

const SUBMISSION_PORT = 587
const SUBMISSIONS_PORT = 465

export function roleOfPort(port: number): Role {
  if (port === SUBMISSION_PORT) return 'submission'
  return port === SUBMISSIONS_PORT ? 'submissions' : 'transfer'
}
