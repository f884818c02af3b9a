/*
 * One section of a file without reading the rest of it: the inventory of a large network takes seconds to read, of which its audits are
 * a few lines. Pure.
 *
 * A section begins with its key at the start of a line and goes on to the next line that begins with anything but white space, a
 * dash, a closing bracket or a comment. What is not written in that way is nobody's section, and one that stands for something
 * written elsewhere (an alias) can't be read by itself: then the whole has to be read.
 */

const ENDS = /^[^\s#\-\]}]/;

/** The section's own text, which is YAML by itself; null where it can't be told from the rest. */
export function sectionIn(text: string, key: string): string | null {
  const lines = text.split(/\r\n|\n|\r/);
  const starts = lines.flatMap((line, at) => (line.startsWith(`${key}:`) ? [at] : []));
  if (starts.length !== 1 || lines.some((line) => /^(---|\.\.\.|%)/.test(line))) return null;
  const from = starts[0]!;
  const next = lines.findIndex((line, at) => at > from && ENDS.test(line));
  return lines.slice(from, next < 0 ? lines.length : next).join('\n');
}
