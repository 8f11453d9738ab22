/** The command line is wrong; the help is shown beside the message. */
export class UsageError extends Error {}
