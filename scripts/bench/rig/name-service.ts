/** Where everybody in a bench asks for names: client names, sender policies, and the lists. */
export interface NameService {
  /** `127.0.0.1:PORT` */
  readonly address: string
  readonly what: string
  /** Queries received so far. */
  queries(): Promise<number>
  stop(): Promise<void>
}
