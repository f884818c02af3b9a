/*
 * Forms as they stand in a page's text, so that a visitor without a script sends them as a browser would: what is hidden in one, or every
 * field as it stands there, with what it is given to write over them.
 */
const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'", '&#x60;': '`', '&#x3D;': '=' },
};

export const unescaped = (html: string): string =>
  html.replace(/&(?:amp|lt|gt|quot|#x27|#x60|#x3D);/g, (entity) => ENTITIES[entity]!);

/** The hidden fields of the first form that goes to this address. */
export function hiddenIn(html: string, action: string): Record<string, string[]> {
  const start = html.indexOf(`action="${action}"`);
  if (start < 0) throw new Error(`there is no form to ${action}`);
  const form = html.slice(start, html.indexOf('</form>', start));
  const fields: Record<string, string[]> = {};
  for (const [, name, value] of form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g))
    fields[unescaped(name!)] = [...(fields[unescaped(name!)] ?? []), unescaped(value!)];
  return fields;
}

const attribute = (tag: string, name: string): string | null => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
  return found ? unescaped(found[1]!) : null;
};

/** @param className of the form */
export function fieldsOf(html: string, className: string): Record<string, string> {
  const form = new RegExp(`<form class="${className}"[^]*?</form>`).exec(html)?.[0];
  if (form === undefined) throw new Error(`there is no form of the class ${className} in ${html}`);
  const fields: Record<string, string> = {};
  for (const [tag] of form.matchAll(/<input\s[^>]*>/g))
    fields[attribute(tag, 'name')!] = attribute(tag, 'value') ?? '';
  for (const [, tag, text] of form.matchAll(/<textarea\s([^>]*)>\n?([\s\S]*?)<\/textarea>/g))
    fields[attribute(` ${tag}`, 'name')!] = unescaped(text!);
  for (const [, tag, options] of form.matchAll(/<select\s([^>]*)>([\s\S]*?)<\/select>/g)) {
    const chosen =
      /<option value="([^"]*)" selected/.exec(options!) ?? /<option value="([^"]*)"/.exec(options!);
    fields[attribute(` ${tag}`, 'name')!] = unescaped(chosen![1]!);
  }
  // Its sender has one.
  delete fields._csrf;
  return fields;
}
