// @ts-check
/** @type {import('../texts.js').Texts} */
export const mailCore = {
  en: {
    'mailCore.ports': 'Ports',
    'mailCore.portsIntro':
      'A changed port is opened at once; sessions that are going on are not interrupted.',
    'mailCore.listening': 'listening',
    'mailCore.failed': 'failed',
    'mailCore.endpoints': 'Ports now',
    'mailCore.noEndpoints': 'No port is open.',
    'mailCore.certificate': 'Certificate',
    'mailCore.noCertificate': 'There is no certificate in force: STARTTLS is not offered.',
    'mailCore.names': 'Names',
    'mailCore.validUntil': 'Valid until',
    'mailCore.daysLeft': { one: '{date}, {count} day left', other: '{date}, {count} days left' },
    'mailCore.expired': '{date}: expired',
    'mailCore.subject': 'Issued for',
    'mailCore.greeting': 'Greeting and patience',
  },
  de: {
    'mailCore.ports': 'Ports',
    'mailCore.portsIntro':
      'Ein geänderter Port wird sofort geöffnet; laufende Sitzungen werden nicht unterbrochen.',
    'mailCore.listening': 'lauscht',
    'mailCore.failed': 'gescheitert',
    'mailCore.endpoints': 'Ports jetzt',
    'mailCore.noEndpoints': 'Kein Port ist offen.',
    'mailCore.certificate': 'Zertifikat',
    'mailCore.noCertificate': 'Es ist kein Zertifikat in Kraft: STARTTLS wird nicht angeboten.',
    'mailCore.names': 'Namen',
    'mailCore.validUntil': 'Gültig bis',
    'mailCore.daysLeft': { one: '{date}, noch {count} Tag', other: '{date}, noch {count} Tage' },
    'mailCore.expired': '{date}: abgelaufen',
    'mailCore.subject': 'Ausgestellt für',
    'mailCore.greeting': 'Begrüßung und Geduld',
  },
}
