// @ts-check
/** @type {import('../texts.js').Texts} */
export const mailCore = {
  en: {
    'mail-core.ports': 'Ports',
    'mail-core.portsIntro':
      'A changed port is opened at once; sessions that are going on are not interrupted.',
    'mail-core.listening': 'listening',
    'mail-core.failed': 'failed',
    'mail-core.endpoints': 'Ports now',
    'mail-core.noEndpoints': 'No port is open.',
    'mail-core.certificate': 'Certificate',
    'mail-core.noCertificate': 'There is no certificate in force: STARTTLS is not offered.',
    'mail-core.names': 'Names',
    'mail-core.validUntil': 'Valid until',
    'mail-core.daysLeft': { one: '{date}, {count} day left', other: '{date}, {count} days left' },
    'mail-core.expired': '{date}: expired',
    'mail-core.subject': 'Issued for',
    'mail-core.greeting': 'Sessions',
  },
  de: {
    'mail-core.ports': 'Ports',
    'mail-core.portsIntro':
      'Ein geänderter Port wird sofort geöffnet; laufende Sitzungen werden nicht unterbrochen.',
    'mail-core.listening': 'lauscht',
    'mail-core.failed': 'gescheitert',
    'mail-core.endpoints': 'Ports jetzt',
    'mail-core.noEndpoints': 'Kein Port ist offen.',
    'mail-core.certificate': 'Zertifikat',
    'mail-core.noCertificate': 'Es ist kein Zertifikat in Kraft: STARTTLS wird nicht angeboten.',
    'mail-core.names': 'Namen',
    'mail-core.validUntil': 'Gültig bis',
    'mail-core.daysLeft': { one: '{date}, noch {count} Tag', other: '{date}, noch {count} Tage' },
    'mail-core.expired': '{date}: abgelaufen',
    'mail-core.subject': 'Ausgestellt für',
    'mail-core.greeting': 'Sitzungen',
  },
}
