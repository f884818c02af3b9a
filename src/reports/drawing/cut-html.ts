/*
 * Cuts a report's HTML into documents of bounded size, each of which can be printed by itself: between sections, and between the rows
 * of a table, whose head is said again. Pure; it reads nothing of a report but its tags, so that every kind is cut alike.
 *
 * The promise: what the parts show, one after the other, is what the whole shows, each word once; a part has at least one row or
 * block, however large. The traps: a link into another part is none that a browser could follow, and is written as one of PART_LINK,
 * which whoever joins the parts turns into a link again; and it is for our own HTML, in which each tag that is opened is closed.
 */

/** `portolan-part:finding-7` leads to `#finding-7`, which another part has. */
export const PART_LINK = 'portolan-part:';

/** Characters of a part's body: some five hundred findings, for which a browser takes 250 MB more than without them. */
export const PART_LENGTH = 250_000;

/** One of a report's parts, as HTML that can be printed by itself. */
export interface HtmlPart {
  readonly html: string;
  /** From 0. */
  readonly part: number;
  readonly parts: number;
}

export interface Cutting {
  /** One where there was nothing to cut: then it is the HTML as it was. */
  readonly parts: number;
  part(index: number): string;
}

interface Open {
  readonly name: string;
  readonly tag: string;
  readonly end: number;
  /** The child that was closed last. */
  last: string | null;
  /** Of a table: all before its first body. */
  head: string | null;
}

interface Cut {
  readonly at: number;
  readonly open: readonly Open[];
}

const TAG = /<!--[\s\S]*?-->|<(\/?)([a-z][a-z0-9-]*)((?:"[^"]*"|[^">])*)>/gi;
const VOID = new Set(['area', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'wbr']);
/** What may be left open, and is opened again in the next part. */
const GOES_ON = new Set(['main', 'section', 'div', 'table', 'tbody', 'ul']);
/** Before these, and behind those: a heading stays with what it is above. */
const BEGINS = new Set(['section', 'article', 'h2', 'h3', 'table', 'div', 'figure', 'tr', 'li']);
const STANDS_ALONE = new Set(['section', 'article', 'table', 'div', 'figure', 'tr', 'li', 'ul']);
/** A section that would begin a page anyhow costs no paper when it begins a part. */
const EARLY_SHARE = 0.5;

/** A part's own style. The number of a page is printed later, when all of them are known (page-numbers.ts). */
export const PART_STYLE =
  '<style>@page{@bottom-right{content:none}}.continued.continued{break-before:auto;margin-top:0;padding-top:0;border-top:0}main>:first-child{margin-top:0}</style>';
/**
 * A font that nothing but the corners of pages is set in would not have been loaded when they are drawn, and they would be empty. Here
 * it is asked for by what is neither seen nor read.
 */
export const LOADS_FONTS = `<style>.loads{position:absolute;visibility:hidden;height:0;overflow:hidden;font:400 8pt "Report Sans","Report SC","Report JP","Report KR"}.loads::after{font-weight:600}.loads::before,.loads::after{content:var(--running-title) var(--running-verdict) var(--running-run) var(--running-day) var(--running-page,"page of") "0123456789"}</style><p class="loads" aria-hidden="true"></p>`;

/** @param most characters of a part's body; a part may have one row or block more */
export function cutHtml(html: string, most: number): Cutting {
  const body = bodyStart(html);
  const end = html.lastIndexOf('</body>');
  if (body < 0 || end - body <= most) return { parts: 1, part: () => html };
  const { cuts, marks } = findCuts(html, body, end, most);
  if (cuts.length === 0) return { parts: 1, part: () => html };
  const head = headOf(html.slice(0, body));
  const linked = linkedIn(html);
  const bounds: Cut[] = [{ at: body, open: [] }, ...cuts, { at: end, open: [] }];
  return {
    parts: bounds.length - 1,
    part(index) {
      const [from, until] = [bounds[index]!, bounds[index + 1]!];
      const again = index === 0 ? '' : LOADS_FONTS + marks + from.open.map(openAgain).join('');
      const closed = [...until.open].reverse().map(({ name }) => `</${name}>`);
      const shown = again + html.slice(from.at, until.at) + closed.join('');
      return `${head}${withLinks(shown, linked)}</body>\n</html>\n`;
    },
  };
}

function bodyStart(html: string): number {
  const at = html.indexOf('<body', Math.max(0, html.indexOf('</head>')));
  return at < 0 ? -1 : html.indexOf('>', at) + 1;
}

const headOf = (before: string): string =>
  before.includes(PART_STYLE) ? before : before.replace('</head>', () => `${PART_STYLE}</head>`);

function findCuts(html: string, body: number, end: number, most: number): { cuts: Cut[]; marks: string } {
  const open: Open[] = [{ name: 'body', tag: '', end: body, last: null, head: null }];
  const cuts: Cut[] = [];
  let marks = '';
  let from = body;
  const tags = new RegExp(TAG);
  tags.lastIndex = body;
  for (let match = tags.exec(html); match && match.index < end; match = tags.exec(html)) {
    const [tag, slash, written, attributes = ''] = match;
    if (written === undefined) continue;
    const name = written.toLowerCase();
    const parent = open.at(-1)!;
    if (slash === '/') {
      const [closed] = open.splice(open.findLastIndex((one) => one.name === name));
      open.at(-1)!.last = name;
      if (open.length === 1 && closed!.tag.includes('class="defs"'))
        marks = html.slice(closed!.end - closed!.tag.length, match.index + tag.length);
      continue;
    }
    const size = match.index - from;
    if (size >= most * EARLY_SHARE && mayBegin(name, open) && (size >= most || parent.name === 'main')) {
      cuts.push({ at: match.index, open: open.slice(1).map((one) => ({ ...one })) });
      from = match.index;
    }
    if (VOID.has(name) || attributes.endsWith('/')) continue;
    if (name === 'tbody' && parent.name === 'table') parent.head ??= html.slice(parent.end, match.index);
    open.push({ name, tag, end: match.index + tag.length, last: null, head: null });
  }
  return { cuts, marks };
}

function mayBegin(name: string, open: readonly Open[]): boolean {
  const { name: parent, last } = open.at(-1)!;
  if (!BEGINS.has(name) || last === null || !STANDS_ALONE.has(last)) return false;
  if (name === 'tr' && parent !== 'tbody') return false;
  return open.every((one, depth) => depth === 0 || goesOn(one)) && open.some((one) => one.name === 'main');
}

/** A grid or a flex box would not be the same in two. */
const goesOn = ({ name, tag }: Open): boolean =>
  GOES_ON.has(name) && !((name === 'div' || name === 'ul') && /\sclass="(columns|tiles|body)/.test(tag));

function openAgain({ name, tag, head }: Open): string {
  const other = tag.replace(/\sid="[^"]*"/, '');
  const marked = other.includes(' class="')
    ? other.replace(' class="', ' class="continued ')
    : other.replace(/>$/, ' class="continued">');
  return (name === 'main' || name === 'tbody' ? other : marked) + (head ?? '');
}

function linkedIn(html: string): ReadonlySet<string> {
  return new Set(Array.from(html.matchAll(/<a\b[^>]*?\shref="#([\w-]+)"/g), ([, id]) => id!));
}

/** Links that lead out, and places that are led to from elsewhere: a browser keeps only those that something in the same document names. */
function withLinks(part: string, linked: ReadonlySet<string>): string {
  if (linked.size === 0) return part;
  const here = new Set(Array.from(part.matchAll(/\sid="([\w-]+)"/g), ([, id]) => id!));
  const leading = part.replace(/(<a\b[^>]*?\shref=")#([\w-]+)"/g, (whole, before: string, id: string) =>
    here.has(id) ? whole : `${before}${PART_LINK}${id}"`,
  );
  const places = Array.from(linked).filter((id) => here.has(id));
  if (places.length === 0) return leading;
  return `${leading}<p hidden>${places.map((id) => `<a href="#${id}"></a>`).join('')}</p>`;
}
