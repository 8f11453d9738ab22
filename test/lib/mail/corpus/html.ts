import type { Case } from './case'

const html = (what: string, input: string, wanted: string[], unwanted: string[] = []): Case => ({
  what,
  part: 'html',
  input,
  wanted,
  unwanted,
})

/** Links in HTML. */
export const htmlCases: readonly Case[] = [
  // attributes
  html('href', '<a href="http://evil.com/x">click</a>', ['evil.com']),
  html('href in single quotes', "<a href='http://evil.com/x'>click</a>", ['evil.com']),
  html('href without quotes', '<a href=http://evil.com/x>click</a>', ['evil.com']),
  html('blanks around the equals sign', '<a href = "http://evil.com">x</a>', ['evil.com']),
  html('capital letters', '<A HREF="HTTP://EVIL.COM">x</A>', ['evil.com']),
  html('a slash between attributes', '<a/class="x"/href="http://evil.com">x</a>', ['evil.com']),
  html('no blank between attributes', '<a class="x"href="http://evil.com">x</a>', ['evil.com']),
  html('a line end between attributes', '<a\r\nhref\r\n=\r\n"http://evil.com">x</a>', ['evil.com']),
  html('a > in an attribute', '<a title="a > b" href="http://evil.com">x</a>', ['evil.com']),
  html('a second href', '<a href="http://evil.com" href="http://bad.net">x</a>', ['evil.com', 'bad.net']),
  html('img src', '<img src="http://evil.com/p.gif">', ['evil.com']),
  html('form action and formaction', '<form action="//evil.com"><button formaction="http://bad.net">', [
    'evil.com',
    'bad.net',
  ]),
  html('background', '<body background="http://evil.com/b.png">', ['evil.com']),
  html('srcset', '<img srcset="http://evil.com/1.png 1x, //bad.net/2.png 2x,http://worse.org/3.png 3x">', [
    'evil.com',
    'bad.net',
    'worse.org',
  ]),
  html(
    'poster, data and cite',
    '<video poster="//evil.com/a"><object data="//bad.net/b"><q cite="http://worse.org">',
    ['evil.com', 'bad.net', 'worse.org'],
  ),
  html('xlink:href', '<svg><a xlink:href="https://evil.com"><text>x</text></a></svg>', ['evil.com']),
  html('an unknown tag', '<v:fill src="http://evil.com/f.png"/><x-y href="http://bad.net">', [
    'evil.com',
    'bad.net',
  ]),
  html('an unknown attribute', '<a data-saferedirecturl="https://evil.com/x">x</a>', ['evil.com']),
  html('an event handler', `<a href="#" onclick="location='https://evil.com'">x</a>`, ['evil.com']),
  html('base', '<base href="http://evil.com/"><a href="/x">x</a>', ['evil.com']),
  html('meta refresh', '<meta http-equiv="refresh" content="0; url=http://evil.com/x">', ['evil.com']),
  html('meta refresh in quotes', `<meta http-equiv=refresh content="0;URL='//evil.com/x'">`, ['evil.com']),
  html('link rel', '<link rel="stylesheet" href="http://evil.com/x.css">', ['evil.com']),
  html(
    'an iframe and its srcdoc',
    '<iframe src="//evil.com" srcdoc="&lt;a href=&quot;http://bad.net&quot;>"></iframe>',
    ['evil.com', 'bad.net'],
  ),
  html('a param', '<object><param name="movie" value="//evil.com/m.swf"></object>', ['evil.com']),
  html('a tag that never ends', '<p>x</p><a href="http://evil.com/" title="', ['evil.com']),
  html('a namespace', '<html xmlns="http://evil.com/ns" xmlns:v="http://bad.net/vml"><p>x</p></html>', []),
  // values of href
  html('white space and control characters in front', '<a href=" \u0001\t\nhttp://evil.com">x</a>', [
    'evil.com',
  ]),
  html('tabs and line ends inside', '<a href="ht\ntp://ev\til.c\r\nom/x">x</a>', ['evil.com']),
  html('scheme-relative', '<a href="//evil.com/x">x</a>', ['evil.com']),
  html('three slashes', '<a href="///evil.com/x">x</a>', ['evil.com']),
  html('backslashes', '<a href="\\\\evil.com\\x">x</a>', ['evil.com']),
  html('a slash and a backslash', '<a href="/\\evil.com/x">x</a>', ['evil.com']),
  html('no slashes behind the scheme', '<a href="http:evil.com">x</a>', ['evil.com']),
  html('no scheme', '<a href="evil.com/x">x</a>', ['evil.com']),
  html('no scheme and a port', '<a href="evil.com:8080/x">x</a>', ['evil.com']),
  html('a host that looks like a file', '<a href="http://evil.zip">x</a><a href="report.zip">y</a>', [
    'evil.zip',
    'report.zip',
  ]),
  html('relative links', '<a href="/x/evil.com">x</a><a href="#evil.com">y</a><a href="x/y.html">z</a>', []),
  html('a relative image', '<img src="image001.png"><img src="logo.co">', []),
  html('a user name', '<a href="http://www.good.com@evil.com">x</a>', ['evil.com'], ['www.good.com']),
  html('a user name with blanks', '<a href="http://www.good.com login@evil.com/">x</a>', ['evil.com']),
  html('an address', '<a href="mailto:bob@evil.com?cc=al%40bad.net">x</a>', ['evil.com', 'bad.net']),
  html('an address without mailto', '<a href="bob@evil.com">x</a>', ['evil.com']),
  html(
    'tel, cid and sms',
    '<a href="tel:+1.555.com"><img src="cid:image@evil.com"><a href="sms:1?body=x">',
    [],
  ),
  html('javascript', `<a href="javascript:location.href='http://evil.com'">x</a>`, ['evil.com']),
  html('javascript with escapes', `<a href="javascript:eval(unescape('http%3a%2f%2fevil.com'))">x</a>`, [
    'evil.com',
  ]),
  html('a page as data', '<a href="data:text/html,<script>location=%22http://evil.com%22</script>">x</a>', [
    'evil.com',
  ]),
  html(
    'a page as data in base64',
    `<a href="data:text/html;base64,${Buffer.from('<a href="http://evil.com">').toString('base64')}">x</a>`,
    ['evil.com'],
  ),
  html('an image as data', '<img src="data:image/png;base64,aHR0cDovL2V2aWwuY29t">', []),
  html(
    'view-source, intent and an office scheme',
    '<a href="view-source:https://evil.com"><a href="intent://bad.net/#Intent;scheme=https;end"><a href="ms-word:ofe|u|https://worse.org/x.docx">',
    ['evil.com', 'bad.net', 'worse.org'],
  ),
  html('file', '<img src="file://evil.com/share/x.png"><img src="file:////bad.net/y">', [
    'evil.com',
    'bad.net',
  ]),
  html('a UNC path with a port', '<img src="\\\\evil.com@80\\x.png"><img src="//bad.net@SSL/y.png">', [
    'evil.com',
    'bad.net',
  ]),
  html('odd forms of IPv4', '<a href="http://0xc6.0x33.25607/">x</a>', ['198.51.100.7']),
  html('an ideographic full stop', '<a href="http://evil。com">x</a>', ['evil.com']),
  html('a zero-width space in the host', '<a href="http://evil&#8203;.com">x</a>', ['evil.com']),
  html('a percent-encoded host', '<a href="http://evil%E3%80%82com">x</a>', ['evil.com']),
  html('a nested link', '<a href="https://good.com/?u=https%3A%2F%2Fevil.com&amp;x=1">x</a>', [
    'good.com',
    'evil.com',
  ]),
  html(
    'private and loopback hosts',
    '<a href="http://127.1/"><a href="http://192.168.0.1/"><a href="http://localhost/">',
    [],
  ),
  // character references
  html('decimal', '<a href="http&#58;&#47;&#47;evil&#46;com">x</a>', ['evil.com']),
  html('hexadecimal', '<a href="&#x68;ttp://evil&#x2E;com">x</a>', ['evil.com']),
  html('no semicolon', '<a href="http://evil&#46com">x</a> http://bad&#46net', ['evil.com', 'bad.net']),
  html('leading zeros', '<a href="http://evil&#0000046;com">x</a>', ['evil.com']),
  html('named', '<a href="http&colon;&sol;&sol;evil&period;com">x</a>', ['evil.com']),
  html('named line ends and tabs', '<a href="h&Tab;ttp://ev&NewLine;il.com">x</a>', ['evil.com']),
  html('a letter with an umlaut', '<a href="http://m&uuml;nchen.de">x</a>', ['xn--mnchen-3ya.de']),
  html('a soft hyphen in the text', 'ev&shy;il.com', ['evil.com']),
  html('an encoded reference', '<a href="http://evil&amp;#46;com">x</a>', []),
  html('references in the text', 'http://evil&#46;com and bad&period;net', ['evil.com', 'bad.net']),
  html('an invalid reference', '<a href="http://evil.com/&#xFFFFFFF;&#0;&nosuch;">x</a>', ['evil.com']),
  // style
  html('url() in a style attribute', `<td style="background:url('http://evil.com/b.png')">`, ['evil.com']),
  html('url() without quotes or scheme', '<td style="background:url( //evil.com/b.png )">', ['evil.com']),
  html('url() in quotes as references', '<td style="background:url(&quot;http://evil.com/&quot;)">', [
    'evil.com',
  ]),
  html('a style sheet', '<style>.a{background:url(http://evil.com/a)} @import "//bad.net/x.css";</style>', [
    'evil.com',
    'bad.net',
  ]),
  html('escapes in CSS', '<style>a{background:u\\72l(http:\\2f\\2f evil\\2e com/x)}</style>', ['evil.com']),
  html('image-set', '<style>a{background:image-set("http://evil.com/a" 1x)}</style>', ['evil.com']),
  html(
    'selectors and numbers',
    '<style>p.in{margin:1.5em} a.me{x:y.co} @media(max-width:1.5em){}</style>',
    [],
  ),
  // what is shown
  html('text', '<p>Visit evil.com or http://bad.net/</p>', ['evil.com', 'bad.net']),
  html('text between tags', '<td>evil.com</td><td>Foo</td>', ['evil.com']),
  html('a host cut by a tag', 'evil<b>.com</b> now', ['evil.com']),
  html('a host cut by empty tags', 'ev<span></span>il.c<wbr>om', ['evil.com'], ['evil.co']),
  html('a link cut by tags', 'ht<i>tp://</i>ev<b>il.c</b>om/x', ['evil.com']),
  html('a dot in a tag of its own', '<p>evil<font>.</font>com</p>', ['evil.com']),
  html('a line break ends a word', 'evil.<br>com', []),
  html('a title and a text area', '<title>evil.com</title><textarea>http://bad.net</textarea>', [
    'evil.com',
    'bad.net',
  ]),
  html('preformatted text', '<pre>http://evil.com</pre>', ['evil.com']),
  html('a defanged host', '<p>evil[.]com</p><p>bad(dot)net</p>', ['evil.com', 'bad.net']),
  html('a < that is none', 'a < b http://evil.com < c', ['evil.com']),
  html('file names and joined sentences', '<p>main.py</p><p>the end.In it</p>', []),
  // what is not shown
  html('a comment', '<!-- http://evil.com <a href="http://bad.net"> --><p>x</p>', []),
  html('a comment that ends oddly', '<!--> http://evil.com --!> <!---> http://bad.net <!-- x --!>y', [
    'evil.com',
    'bad.net',
  ]),
  html('a comment for Outlook', '<!--[if mso]><a href="http://evil.com">x</a><![endif]-->', ['evil.com']),
  html('what Outlook does not see', '<![if !mso]><a href="http://evil.com">x</a><![endif]>', ['evil.com']),
  html('CDATA', '<svg><![CDATA[http://evil.com]]></svg>', ['evil.com']),
  html('a script', '<script>location="https://evil.com/"; a.in=b.me</script>', ['evil.com']),
  html('a target in base64 in a script', '<script>location=atob("aHR0cHM6Ly9ldmlsLmNvbS94")</script>', [
    'evil.com',
  ]),
  html('a script that seems to end', '<script>"</scripty>"; "http://evil.com"</script><a href="//bad.net">', [
    'evil.com',
    'bad.net',
  ]),
  html(
    'a doctype',
    '<!DOCTYPE html PUBLIC "-//EVIL//x" "http://evil.com/x.dtd"><?xml href="http://bad.net"?>x',
    [],
  ),
  html('attributes of a closing tag', 'x</a href="http://evil.com">y', []),
]
