/*
 * Forms as they stand in a page's text: what is hidden in one, so that a visitor without a script sends it as a browser would.
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
