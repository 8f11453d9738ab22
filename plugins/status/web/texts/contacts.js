// @ts-check
/** @type {import('../texts.js').Texts} */
export const contacts = {
  en: {
    'contacts.who': 'Who gets mail to this host',
    'contacts.intro':
      'Whoever has a problem with mail from or to here writes to postmaster or abuse (RFC 2142). That mail must get through, whatever the lists say.',
    'contacts.none': 'Nobody is named: mail to postmaster of this host reaches nobody.',
  },
  de: {
    'contacts.who': 'Wer Mail an diesen Host bekommt',
    'contacts.intro':
      'Wer ein Problem mit Mail von hier oder nach hier hat, schreibt an postmaster oder abuse (RFC 2142). Diese Mail muss ankommen, was auch immer die Listen sagen.',
    'contacts.none': 'Niemand ist genannt: Mail an postmaster dieses Hosts erreicht niemanden.',
  },
}
