/*
 * JUnit XML as its readers take it. There is no standard; the strictest reader is Jenkins' xUnit plugin, which validates by its
 * junit-10.xsd (MIT): its elements, attributes and contents stand here as facts, those that ours could never have left out. GitLab's
 * parser (lib/gitlab/ci/parsers/test/junit.rb) takes any well-formed file with testcases in a testsuite, and keeps one of those that have
 * the same suite, class and name; GitHub's reporters, of which there are several, read the same members.
 *
 * readXml() reads the little of XML 1.0 that is written, and throws at everything else.
 */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** What XML 1.0 may hold (§2.2), and in text and values no markup but references. */
const CHAR = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const PLAIN = /^(?:[^<&]|&(?:amp|lt|gt|quot|apos);)*$/;
const TAG = /<(\/?)([a-z]+)((?: [a-z.]+="[^"<]*")*)(\/?)>/y;
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

const fail = (what: string): never => {
  throw new Error(`no XML: ${what.slice(0, 120)}`);
};

export function readXml(xml: string): Element {
  if (!CHAR.test(xml)) fail('a character that XML 1.0 cannot have');
  if (!xml.startsWith(HEAD)) fail(xml);
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  for (let at = HEAD.length; at < xml.length; ) {
    const next = xml.indexOf('<', at);
    const text = xml.slice(at, next < 0 ? xml.length : next);
    if (!PLAIN.test(text)) fail(text);
    open.at(-1)!.text += text;
    if (next < 0) break;
    TAG.lastIndex = next;
    const tag = TAG.exec(xml) ?? fail(xml.slice(next));
    at = TAG.lastIndex;
    step(open, tag);
  }
  if (open.length !== 1 || top.children.length !== 1) fail('what is open is not closed, or is not one');
  return top.children[0]!;
}

function step(open: Element[], [tag, ends, name, written, isWhole]: RegExpExecArray): void {
  if (ends) {
    if (open.pop()?.name !== name) fail(tag);
    return;
  }
  const pairs = Array.from(written!.matchAll(/ ([a-z.]+)="([^"]*)"/g), ([, key, value]) => [key!, value!]);
  const attributes = Object.fromEntries(pairs) as Record<string, string>;
  if (pairs.some(([, value]) => !PLAIN.test(value!)) || Object.keys(attributes).length !== pairs.length)
    fail(tag);
  const element = { name: name!, attributes, children: [], text: '' };
  open.at(-1)!.children.push(element);
  if (!isWhole) open.push(element);
}

interface Rule {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly children: readonly string[];
  /** Whether text may stand in it. */
  readonly isMixed: boolean;
}
const rule = (required: string, optional: string, children: string, isMixed = false): Rule => {
  const words = (list: string) => list.split(' ').filter((word) => word !== '');
  return { required: words(required), optional: words(optional), children: words(children), isMixed };
};

/** junit-10.xsd: what an element must have, may have, and may hold. */
const XSD: Readonly<Record<string, Rule>> = {
  testsuites: rule('', 'name time tests failures errors', 'testsuite'),
  testsuite: rule(
    'name tests failures errors',
    'group time skipped timestamp hostname id package file log url',
    'testsuite properties testcase system-out system-err',
  ),
  testcase: rule(
    'name',
    'time classname group',
    'skipped error failure rerunFailure rerunError flakyFailure flakyError system-out system-err',
  ),
  properties: rule('', '', 'property'),
  property: rule('name value', '', ''),
  failure: rule('', 'type message', '', true),
  error: rule('', 'type message', '', true),
  skipped: rule('', 'type message', '', true),
};
/** SUREFIRE_TIME, of suites. */
const SECONDS = /^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$/;

/** Where it is not as junit-10.xsd says. */
export function xsdProblems(element: Element): string[] {
  const { name, attributes, children, text } = element;
  const known = XSD[name];
  if (!known) return [`${name} is no element`];
  const { required, optional, isMixed } = known;
  return [
    ...required.filter((key) => !(key in attributes)).map((key) => `${name} has no ${key}`),
    ...Object.keys(attributes)
      .filter((key) => !required.includes(key) && !optional.includes(key))
      .map((key) => `${name} may have no ${key}`),
    ...children
      .filter((child) => !known.children.includes(child.name))
      .map((child) => `${child.name} in ${name}`),
    ...(isMixed || text.trim() === '' ? [] : [`text in ${name}`]),
    ...(name.startsWith('testsuite') && !SECONDS.test(attributes.time ?? '') ? [`time of ${name}`] : []),
    ...children.flatMap(xsdProblems),
  ];
}

/** Tests that GitLab takes for one. */
export function mergedTests(suites: Element): string[] {
  const keys = suites.children.flatMap((suite) =>
    suite.children
      .filter(({ name }) => name === 'testcase')
      .map(({ attributes }) =>
        JSON.stringify([suite.attributes.name, attributes.classname, attributes.name]),
      ),
  );
  const seen = new Set<string>();
  return keys.filter((key) => seen.size === seen.add(key).size);
}
