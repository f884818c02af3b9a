/*
 * What is wrong with an SVG that is to be a logo; null where nothing is. Pure. It is read as XML: balanced, of the right namespace, and
 * without a DOCTYPE, whose entities can grow without bounds.
 *
 * The promise: it draws shapes, and no letters. Letters of a logo would be words of the page like any other, so that large ones would be
 * taken for the verdict where somebody verifies the report; and they would look different on each machine, by the fonts that it has.
 * The trap: pictures in it may be SVGs again, and what is used again and again can grow without bounds as well.
 */
const NO_PICTURE = 'is neither a PNG nor an SVG';
const BROKEN_SVG = 'is a broken SVG';
const NAMESPACE = /\sxmlns\s*=\s*(["'])http:\/\/www\.w3\.org\/2000\/svg\1/;
/** Comments, CDATA and instructions; a tag; and what can be none of them. */
const MARKUP =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s<>/=!?]+)((?:\s+[^\s<>/=]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|</g;
const LETTERS = new Set(['text', 'tspan', 'textpath', 'tref', 'foreignobject', 'altglyph']);
const DOES = new Set([
  'script',
  'handler',
  'animate',
  'animatemotion',
  'animatetransform',
  'set',
  'iframe',
  'object',
  'embed',
]);
const LEADS = /(?:^|\s)(?:[\w.-]+:)?(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)')/gi;
/** Another place of the same picture, or a picture of dots. */
const HERE = /^\s*(?:#|data:image\/(?:png|jpeg|webp|gif)[;,])/i;
const STYLE_LEADS = /url\(\s*["']?(?!["']?#)|@import|@font-face|\\/i;
/** Shapes, once all that is used is drawn as often as it is. */
const MOST_SHAPES = 100_000;

interface Shape {
  readonly name: string;
  readonly id: string | null;
  readonly uses: string | null;
  readonly parts: Shape[];
}

export function svgProblem(bytes: Buffer): string | null {
  const text = decoded(bytes);
  if (text === null || !/<svg[\s>]/.test(text)) return NO_PICTURE;
  if (/<!DOCTYPE/i.test(text)) return 'is an SVG with a DOCTYPE; expected one without';
  if (/&(?!(amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.test(text)) return BROKEN_SVG;
  const read = shapesIn(text);
  return typeof read === 'string' ? read : sizeProblem(read);
}

/** The one `svg` element, in which each that is opened is closed; or what is wrong. */
function shapesIn(text: string): Shape | string {
  const open: Shape[] = [];
  let root: Shape | null = null;
  let from = 0;
  for (const { 0: markup, 1: slash, 2: name, 3: attributes = '', 4: empty, index } of text.matchAll(MARKUP)) {
    if (markup === '<') return BROKEN_SVG;
    if (isStyle(open) && STYLE_LEADS.test(plain(text.slice(from, index + markup.length)))) return leadsOut;
    from = index + markup.length;
    if (name === undefined) continue;
    if (slash === '/' && open.pop()?.name !== name) return BROKEN_SVG;
    if (slash === '/') continue;
    const shape = shapeOf(name, attributes, { isTop: open.length === 0, isFirst: root === null });
    if (typeof shape === 'string') return shape;
    open.at(-1)?.parts.push(shape);
    root ??= shape;
    if (empty !== '/') open.push(shape);
  }
  return open.length === 0 && root ? root : BROKEN_SVG;
}

const isStyle = (open: readonly Shape[]): boolean => localName(open.at(-1)?.name ?? '') === 'style';

function shapeOf(
  name: string,
  attributes: string,
  { isTop, isFirst }: { readonly isTop: boolean; readonly isFirst: boolean },
): Shape | string {
  if (isTop && !(isFirst && name === 'svg' && NAMESPACE.test(attributes))) return BROKEN_SVG;
  const problem = elementProblem(localName(name), attributes);
  return problem ?? { name, id: saidOf(attributes, 'id'), uses: usedBy(name, attributes), parts: [] };
}

const leadsOut =
  'is an SVG that leads out of itself; expected one with all that it shows inside, pictures in it as PNG or JPEG';

function elementProblem(name: string, attributes: string): string | null {
  if (LETTERS.has(name)) return 'is an SVG with letters in it; expected their outlines, as paths';
  if (DOES.has(name) || /\son\w+\s*=/i.test(attributes))
    return `is an SVG that moves or does something: ${name}`;
  for (const [, double, single] of attributes.matchAll(LEADS))
    if (!HERE.test(plain(double ?? single ?? ''))) return leadsOut;
  const styled = Array.from(attributes.matchAll(/=\s*(?:"([^"]*)"|'([^']*)')/g), ([, double, single]) =>
    plain(double ?? single ?? ''),
  );
  return styled.some((value) => /url\(\s*["']?(?!["']?#)/i.test(value)) ? leadsOut : null;
}

/** As it is once references to characters are what they stand for. */
const plain = (text: string): string =>
  text
    .replace(/&#x([\da-f]{1,6});/gi, (_, digits: string) => character(Number.parseInt(digits, 16)))
    .replace(/&#(\d{1,7});/g, (_, digits: string) => character(Number(digits)))
    .replace(/&(amp|lt|gt|quot|apos);/g, ' ');

const character = (code: number): string => (code < 0x110000 ? String.fromCodePoint(code) : ' ');

const localName = (name: string): string => name.slice(name.indexOf(':') + 1).toLowerCase();

const saidOf = (attributes: string, name: string): string | null => {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  return match ? plain(match[1] ?? match[2] ?? '') : null;
};

/** What stands there again: another element of the same picture. */
function usedBy(name: string, attributes: string): string | null {
  if (localName(name) !== 'use') return null;
  const place = saidOf(attributes, 'href') ?? saidOf(attributes, '[\\w.-]+:href');
  return place?.trim().replace(/^#/, '') ?? null;
}

function sizeProblem(root: Shape): string | null {
  const named = new Map<string, Shape>();
  const left = [root];
  for (let one = left.pop(); one; one = left.pop()) {
    if (one.id !== null) named.set(one.id, one);
    left.push(...one.parts);
  }
  const known = new Map<Shape, number>();
  const sizeOf = (shape: Shape, depth: number): number => {
    // What uses itself, or stands too deep in itself, has no size.
    if (depth > 200) return Number.POSITIVE_INFINITY;
    const size = known.get(shape);
    if (size !== undefined) return size;
    const used = shape.uses === null ? undefined : named.get(shape.uses);
    let sum = 1 + (used ? sizeOf(used, depth + 1) : 0);
    for (const part of shape.parts) sum += sizeOf(part, depth + 1);
    known.set(shape, sum);
    return sum;
  };
  return sizeOf(root, 0) > MOST_SHAPES
    ? `is an SVG that draws too much: more than ${MOST_SHAPES} shapes, or one in itself`
    : null;
}

function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
