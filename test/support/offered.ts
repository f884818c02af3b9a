/*
 * What a page offers whoever looks at it: where its links lead, and its forms, each with what it brings by itself. Read from the text of
 * the page, as the service has sent it.
 */
export interface OfferedForm {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Hidden fields, and the tick for all that there is. */
  readonly fields: ReadonlyArray<readonly [string, string]>;
  /** What may be chosen to be done, where a form does several things. */
  readonly deeds: readonly string[];
}

interface Offered {
  readonly links: readonly string[];
  readonly streams: readonly string[];
  readonly forms: readonly OfferedForm[];
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
const plain = (text: string): string =>
  text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, digits?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (digits !== undefined) return String.fromCodePoint(Number(digits));
    return NAMED[name ?? ''] ?? whole;
  });

const attribute = (tag: string, name: string): string | null => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return found === undefined ? null : plain(found);
};
const tags = (html: string, names: string): string[] =>
  html.match(new RegExp(`<(?:${names})\\b[^>]*>`, 'g')) ?? [];

const isOurs = (path: string): boolean => path.startsWith('/') && !path.startsWith('//');

/** @param at the page's own address, which a form without an action leads back to */
export function offeredBy(html: string, at: string): Offered {
  const links = tags(html, 'a|img|link|script').flatMap(
    (tag) => attribute(tag, 'href') ?? attribute(tag, 'src') ?? [],
  );
  const asked = tags(html, '\\w+').flatMap((tag) => attribute(tag, 'hx-get') ?? []);
  const streams = tags(html, '\\w+').flatMap((tag) => attribute(tag, 'hx-sse:connect') ?? []);
  const forms = Array.from(html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g), ([form]) =>
    formsIn(form, at),
  ).flat();
  const posted = tags(html, 'div|button').flatMap((tag) => attribute(tag, 'hx-post') ?? []);
  return {
    links: [...links, ...asked].filter(isOurs),
    streams,
    forms: [...forms, ...posted.map((path) => ({ method: 'POST' as const, path, fields: [], deeds: [] }))],
  };
}

function formsIn(form: string, at: string): OfferedForm[] {
  const [head = ''] = tags(form, 'form');
  const passkey = attribute(head, 'data-passkey');
  const method =
    attribute(head, 'method') === 'post' || passkey !== null ? ('POST' as const) : ('GET' as const);
  const fields = tags(form, 'input')
    .filter((tag) => attribute(tag, 'type') === 'hidden' || attribute(tag, 'name') === 'all')
    .map((tag) => [attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? ''] as const);
  const chosen = /<select name="do">([\s\S]*?)<\/select>/.exec(form)?.[1] ?? '';
  const deeds = tags(chosen, 'option').flatMap((tag) => attribute(tag, 'value') ?? []);
  const others = tags(form, 'button').flatMap((tag) => attribute(tag, 'formaction') ?? []);
  const own = passkey ?? attribute(head, 'action') ?? at;
  return [own, ...others].map((path) => ({ method, path, fields, deeds }));
}
