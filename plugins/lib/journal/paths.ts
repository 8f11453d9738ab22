import { join } from 'node:path'

/** Where an instance keeps its journal. */
export const databasePath = (instanceDir: string): string => join(instanceDir, 'journal', 'journal.sqlite')

/** The same records as lines of JSON, if the settings want them. */
export const logPath = (instanceDir: string): string => join(instanceDir, 'journal', 'journal.jsonl')
