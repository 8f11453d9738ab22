// @ts-check
/** @type {import('../texts.js').Texts} */
export const fleet = {
  en: {
    'fleet.alone': 'This gateway is alone',
    'fleet.aloneText':
      'Several gateways share their settings, list files and the health of lists through a Redis: name it under “More settings”.',
    'fleet.fault':
      'Redis cannot be used ({reason}). This gateway goes on alone; what is saved here stays here.',
    'fleet.nodes': 'Gateways of {name}',
    'fleet.applied': {
      one: 'The settings of the fleet (revision {revision}) are in force on the one gateway that is here.',
      other: 'The settings of the fleet (revision {revision}) are in force on {ok} of {count} gateways.',
    },
    'fleet.sharedBy': 'Shared by {by} on {node}, {when}.',
    'fleet.never':
      'Nobody has shared settings yet. The first that are saved on any gateway become those of all.',
    'fleet.node': 'Gateway',
    'fleet.state': 'State',
    'fleet.settings': 'Settings',
    'fleet.version': 'Version',
    'fleet.since': 'Running since',
    'fleet.seen': 'Last seen',
    'fleet.this': 'this one',
    'fleet.alive': 'here',
    'fleet.gone': 'not heard of',
    'fleet.revision': 'Revision {revision}',
    'fleet.noRevision': 'its own',
    'fleet.edited': 'edited there',
    'fleet.here': 'Not the same here',
    'fleet.hereText':
      'On this gateway these differ from what the fleet has. Share them, so that all have them, or take what the fleet has.',
    'fleet.share': 'Share with all',
    'fleet.take': 'Take those of the fleet',
    'fleet.shared': 'Shared.',
    'fleet.taken': 'Taken.',
  },
  de: {
    'fleet.alone': 'Dieses Gateway ist allein',
    'fleet.aloneText':
      'Mehrere Gateways teilen Einstellungen, Listendateien und den Zustand von Listen über ein Redis: Es wird unter „Weitere Einstellungen“ genannt.',
    'fleet.fault':
      'Redis ist nicht nutzbar ({reason}). Dieses Gateway arbeitet allein weiter; was hier gespeichert wird, bleibt hier.',
    'fleet.nodes': 'Gateways von {name}',
    'fleet.applied': {
      one: 'Die Einstellungen des Verbunds (Fassung {revision}) sind auf dem einen vorhandenen Gateway in Kraft.',
      other:
        'Die Einstellungen des Verbunds (Fassung {revision}) sind auf {ok} von {count} Gateways in Kraft.',
    },
    'fleet.sharedBy': 'Geteilt von {by} auf {node}, {when}.',
    'fleet.never':
      'Noch hat niemand Einstellungen geteilt. Die ersten, die auf einem Gateway gespeichert werden, gelten für alle.',
    'fleet.node': 'Gateway',
    'fleet.state': 'Zustand',
    'fleet.settings': 'Einstellungen',
    'fleet.version': 'Version',
    'fleet.since': 'Läuft seit',
    'fleet.seen': 'Zuletzt gesehen',
    'fleet.this': 'dieses',
    'fleet.alive': 'da',
    'fleet.gone': 'meldet sich nicht',
    'fleet.revision': 'Fassung {revision}',
    'fleet.noRevision': 'eigene',
    'fleet.edited': 'dort bearbeitet',
    'fleet.here': 'Hier anders',
    'fleet.hereText':
      'Auf diesem Gateway weichen diese von denen des Verbunds ab. Teilen, damit alle sie haben, oder die des Verbunds übernehmen.',
    'fleet.share': 'Mit allen teilen',
    'fleet.take': 'Die des Verbunds übernehmen',
    'fleet.shared': 'Geteilt.',
    'fleet.taken': 'Übernommen.',
  },
}
