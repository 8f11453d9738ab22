import type { HarakaConnection } from './types'

/** haraka-constants: what a session waits for. */
const CMD = 1
const DATA = 3
const PAUSE = 4
const PAUSE_SMTP = 5
const PAUSE_DATA = 6
const DISCONNECTING = 99

/** STARTTLS was said, and the handshake is not over. The first is a note of Haraka's tls plugin. */
export const isShakingHands = ({ notes, tls }: Pick<HarakaConnection, 'notes' | 'tls'>): boolean =>
  'cleanUpDisconnect' in notes && !tls.enabled

type Session = Pick<HarakaConnection, 'state'>

/** It is the client's turn to send a command. */
export const isAtRest = ({ state }: Session): boolean => state === CMD

/** The client sends a message. */
export const isReceiving = ({ state }: Session): boolean => state === DATA

/** Hooks answer a command, or greet; nothing the client sends meanwhile is looked at. */
export const isAnswering = ({ state }: Session): boolean => state === PAUSE || state === PAUSE_SMTP

/** It is our turn, after a command or after a message. */
export const isAtWork = (session: Session): boolean => isAnswering(session) || isTidyingUp(session)

/** Hooks run at the end of a message or of a transaction. */
export const isTidyingUp = ({ state }: Session): boolean => state === PAUSE_DATA

export const isEnding = ({ state }: Session): boolean => state >= DISCONNECTING
