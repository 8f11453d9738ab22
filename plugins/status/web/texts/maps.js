// @ts-check
/** @type {import('../texts.js').Texts} */
export const maps = {
  en: {
    'maps.global': 'For everyone',
    'maps.exceptions': 'For single hosts and people',
    'maps.intro':
      'The limit is announced with EHLO and checked at MAIL, RCPT and while the message comes in. Within a table the nearest entry counts: an address before its network or domain. Of the tables, the smallest limit wins; none can go above the one for everyone.',
    'maps.host': 'Client',
    'maps.sender': 'Sender',
    'maps.recipient': 'Recipient',
    'maps.size': 'Largest message',
  },
  de: {
    'maps.global': 'Für alle',
    'maps.exceptions': 'Für einzelne Hosts und Menschen',
    'maps.intro':
      'Die Grenze wird bei EHLO genannt und bei MAIL, RCPT und während des Empfangs geprüft. In einer Tabelle zählt der nächste Eintrag: eine Adresse vor ihrem Netz oder ihrer Domain. Von den Tabellen gewinnt die kleinste Grenze; keine kann über die für alle hinausgehen.',
    'maps.host': 'Client',
    'maps.sender': 'Absender',
    'maps.recipient': 'Empfänger',
    'maps.size': 'Größte Nachricht',
  },
}
