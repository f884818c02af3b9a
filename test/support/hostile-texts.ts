/*
 * A thousand texts that want to be more than text somewhere: a list of what is known to work, and combinations of its pieces by
 * a generator with a seed, so that a failure comes back.
 */

const KNOWN = [
  '@everyone',
  '@here @channel @room',
  '<!channel>',
  '<!here|here>',
  '<!everyone>',
  '<!subteam^S012345>',
  '<!date^1392734382^{date}^https://evil.example|x>',
  '<@U012AB3CD>',
  '<@!112233445566778899>',
  '<@&112233445566778899>',
  '<#C012AB3CD|general>',
  '<id:customize>',
  '<t:1618953630:R>',
  '<a:dance:112233445566778899>',
  ':rotating_light: :smile:',
  '</airhorn:816437322781949972>',
  '<https://evil.example|Click here>',
  '[Click here](https://evil.example)',
  '[Click here](<https://evil.example>)',
  '![x](https://evil.example/x.png)',
  'https://evil.example/?a=b&c=d',
  'www.evil.example evil.example mail@evil.example',
  'tg://user?id=123456789',
  '@BotFather /start #tag $USD +4915112345678',
  '<a href="tg://user?id=1">x</a>',
  '<a href="https://evil.example">x</a>',
  '</code><b>x</b><code>',
  '</code></li></ul><script>alert(1)</script>',
  '<tg-spoiler>x</tg-spoiler><tg-emoji emoji-id="1">x</tg-emoji>',
  '<at>Everyone</at>',
  '<at id="0">x</at>',
  '<mx-reply>x</mx-reply>',
  'https://matrix.to/#/@admin:matrix.example',
  '<a href="https://matrix.to/#/@a:b">a</a>',
  '<img src=x onerror=alert(1)>',
  '" onmouseover="alert(1)',
  "' onmouseover='alert(1)",
  '&lt;b&gt; &amp;lt; &#60;script&#62; &#x3c;',
  '&nbsp;&copy;&unknown;',
  '**bold** __under__ ~~strike~~ ||spoiler|| `code` ```block```',
  '*bold* _italic_ ~strike~ ```mono``` > quote',
  '# Heading',
  '- item\n1. item\n> quote\n>>> quote\n-# small',
  '\\*not escaped\\* \\\\ \\',
  '| a | b |\n|---|---|',
  '{{DATE(2026-07-01T00:00:00Z, SHORT)}} {{TIME(2026-07-01T00:00:00Z)}} {{{x}}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is meant to stand there
  '${data} @{triggerBody()} {{user.name}} {0} %s %n',
  'a\r\nX-Injected: yes\r\n\r\nbody',
  'a\nBcc: everyone@example.org',
  'a\u2028b\u2029c\u0085d\u000be\u000cf',
  'a\tb    c     d',
  '\u202eevil\u202c \u2066x\u2069 \u200e\u200f\u061c',
  'zero\u200bwidth\u2060\ufeff\u00ad',
  '\u0000\u0001\u001b[31mred\u001b[0m\u007f\u009b31m',
  '\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007',
  'lone \ud800 and \udfff surrogates',
  '\u{e0041}\u{e0042} tags \ufe0f\u{e0100}',
  '👨‍👩‍👧‍👦 🇩🇪 e\u0301',
  '"}],"blocks":[{"type":"section"}]',
  '\\u003c!channel\\u003e \\x3c',
  "'; DROP TABLE findings; --",
  '=cmd|calc!A0',
  '=?utf-8?B?QGV2ZXJ5b25l?=',
  '%0d%0aX-Injected:%20yes %00',
  '../../../etc/passwd ?x=y#z',
  '<![CDATA[x]]> <!-- x --> <?xml?>',
  'SSH-2.0-<!channel>@everyone</code>',
  '',
  ' ',
  '𝕏 ＠everyone ＜!channel＞',
];

const PIECES = [
  ...KNOWN,
  ...'<>&"\'`*_~|@#[](){}\\/:;!?%$^+=-.,'.split(''),
  '\n',
  '\r\n',
  '\0',
  '\u202e',
  '\ud83d',
  '😀',
  'a',
  ' ',
  '    ',
  'atlas',
  '中文',
];

/** mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

export function hostileTexts(count: number, seed = 5): string[] {
  const random = generator(seed);
  const texts = new Set(KNOWN);
  while (texts.size < count) {
    const parts = Array.from(
      { length: 1 + Math.floor(random() * 6) },
      () => PIECES[Math.floor(random() * PIECES.length)]!,
    );
    texts.add(parts.join(random() < 0.5 ? '' : ' '));
  }
  return [...texts];
}
