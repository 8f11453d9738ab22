import { dnsFamilies } from './families/dns'
import { fleetFamilies } from './families/fleet'
import { hostFamilies } from './families/host'
import { journalFamilies } from './families/journal'
import { listsFamilies } from './families/lists'
import { mailFamilies } from './families/mail'
import { processesFamilies } from './families/processes'
import { quotaFamilies } from './families/quota'
import type { Family } from './family'
import type { Gathered } from './gathered'

export const describeMetrics = (gathered: Gathered): readonly Family[] =>
  [
    mailFamilies,
    listsFamilies,
    dnsFamilies,
    quotaFamilies,
    hostFamilies,
    fleetFamilies,
    journalFamilies,
    processesFamilies,
  ].flatMap((describe) => describe(gathered))
