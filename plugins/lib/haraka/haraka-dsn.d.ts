declare module 'haraka-dsn' {
  /** A reply with an enhanced status code; Haraka recognises it by the name of its class. */
  class DSN {
    constructor(code: number, text: string, fallbackCode: number | undefined, subject: number, detail: number)
    readonly code: number
    readonly reply: string
  }
  export = DSN
}
