import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** From the terminal, twice and unseen; or the first line of what is piped in. */
export async function readPassword(user: string): Promise<string> {
  if (!process.stdin.isTTY) return firstLine()
  const password = await askUnseen(`Password of ${user}: `)
  if ((await askUnseen('Once more: ')) !== password) throw new Error('the two passwords differ')
  return password
}

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line
  return ''
}

/** The terminal's own echo is off while readline reads, and readline's goes nowhere. */
function askUnseen(question: string): Promise<string> {
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done()
    },
  })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  process.stderr.write(question)
  return new Promise((resolve, reject) => {
    lines.once('SIGINT', () => {
      reject(new Error('nothing changed'))
      lines.close()
    })
    lines.question('', (answer) => {
      lines.close()
      process.stderr.write('\n')
      resolve(answer)
    })
  })
}
