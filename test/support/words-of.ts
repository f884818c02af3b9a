/*
 * What a reader sees of a report's HTML, near enough: its body without tags and style.
 */

/** The document without its style, as a reader would see it, near enough. */
export function wordsOf(html: string): string {
  const body = html.slice(html.indexOf('<body'));
  return body
    .replace(/<\/(td|th|p|li|div|dd|dt|h\d)>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&#x3D;', '=')
    .replace(/\s+/g, ' ');
}
