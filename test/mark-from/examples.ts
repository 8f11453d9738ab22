/** From field, envelope host, new value; null: unchanged. */
export const examples: readonly (readonly [from: string, envelope: string, expected: string | null])[] = [
  ['Our Newsletter <n@shop.com>', 'mail-service.com', '"Our Newsletter via mail-service.com" <n@shop.com>'],
  ['"Your Bank" <info@bank.com>', 'strange-domain.net', '"Your Bank via strange-domain.net" <info@bank.com>'],
  ['Shop <n@shop.co.uk>', 'em1.shop.co.uk', null],
  ['A <a@alice.github.io>', 'bob.github.io', '"A via bob.github.io" <a@alice.github.io>'],
  ['n@shop.com', 'esp.net', '"n@shop.com via esp.net" <n@shop.com>'],
  ['n@shop.com (News Desk)', 'esp.net', '"News Desk via esp.net" <n@shop.com>'],
  ['"Doe, John" <j@x.com>', 'esp.net', '"Doe, John via esp.net" <j@x.com>'],
  [String.raw`"A \"B\" \\ C" <j@x.com>`, 'esp.net', String.raw`"A \"B\" \\ C via esp.net" <j@x.com>`],
  [
    '=?iso-8859-1?Q?Caf=E9?= <c@cafe.fr>',
    'mail-service.com',
    '=?UTF-8?B?Q2Fmw6k=?= =?UTF-8?Q?_via_mail-service=2Ecom?= <c@cafe.fr>',
  ],
  [
    '=?utf-8?B?4pg=?= =?utf-8?B?gw==?= <a@b.com>',
    'esp.net',
    '=?UTF-8?B?4piD?= =?UTF-8?Q?_via_esp=2Enet?= <a@b.com>',
  ],
  [
    '=?x-unknown?B?/////w==?= <a@b.jp>',
    'esp.net',
    '=?x-unknown?B?/////w==?= =?UTF-8?Q?_via_esp=2Enet?= <a@b.jp>',
  ],
  ['"Your Bank via bank.com" <info@bank.com>', 'evil.net', '"Your Bank via evil.net" <info@bank.com>'],
  ['"PayPal via paypal.com" <x@evil.net>', 'evil.net', '"PayPal" <x@evil.net>'],
  [
    'Bank <support@bank.com>, Evil <e@evil.net>',
    'evil.net',
    '"Bank via evil.net" <support@bank.com>, "Evil" <e@evil.net>',
  ],
  ['<support@bank.com> <e@evil.net>', 'evil.net', '"support@bank.com via evil.net" <e@evil.net>'],
  ['"Our Newsletter via mail-service.com" <n@shop.com>', 'mail-service.com', null],
]
