import { dnsFamilies } from './families/dns'
import { hostFamilies } from './families/host'
import { journalFamilies } from './families/journal'
import { listsFamilies } from './families/lists'
import { mailFamilies } from './families/mail'
import { processesFamilies } from './families/processes'
import type { Family } from './family'
import type { Gathered } from './gathered'

export const describeMetrics = (gathered: Gathered): readonly Family[] =>
  [mailFamilies, listsFamilies, dnsFamilies, hostFamilies, journalFamilies, processesFamilies].flatMap(
    (describe) => describe(gathered),
  )
