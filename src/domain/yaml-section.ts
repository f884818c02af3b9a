/*
 * One section of a file without reading the rest of it: the inventory of a large network takes seconds to read, of which its audits are
 * a few lines. Pure.
 *
 * A section begins with its key at the start of a line and goes on to the next line that begins with anything but white space, a
 * dash, a closing bracket or a comment. What is not written in that way is nobody's section, and one that stands for something
 * written elsewhere (an alias) can't be read by itself: then the whole has to be read.
 */

/** At the start of a line: a text of megabytes is not cut into its lines for this. */
const ENDS = /(?<=[\r\n])[^\s#\-\]}]/g;
const DOCUMENTS = /(?<![^\r\n])(?:---|\.\.\.|%)/;

/** @param key of plain letters. Returns the section's own text, which is YAML by itself; null where it can't be told from the rest. */
export function sectionIn(text: string, key: string): string | null {
  const starts = [...text.matchAll(new RegExp(`(?<![^\\r\\n])${key}:`, 'g'))];
  if (starts.length !== 1 || DOCUMENTS.test(text)) return null;
  const from = starts[0]!.index;
  ENDS.lastIndex = from + key.length;
  const until = ENDS.exec(text)?.index ?? text.length;
  return text
    .slice(from, until)
    .replace(/\r\n|\r/g, '\n')
    .replace(/\n$/, '');
}
