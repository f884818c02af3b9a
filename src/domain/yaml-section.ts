/*
 * A file without one of its sections, where the rest of it is to be read quickly: the inventory of a large network takes seconds to
 * read, nearly all of it for its hosts. Pure.
 *
 * A section begins with its key at the start of a line and goes on to the next line that begins with anything but white space, a
 * dash, a closing bracket or a comment. Where a file is written in any other way nothing is taken out of it: then the whole has to
 * be read. What stands for something in the section that is gone (an alias) makes the rest no YAML.
 */

const BEGINS = /^[^\s#\-\]}]/;
const KEY = /^([A-Za-z]+):(?:\s|$)/;
/** What it names may have the same name as something before it, and what comes behind would mean that one then. */
const ANCHOR = /(?:^|[\s[{,:-])&[^\s,[\]{}]/;

/** The rest, which is YAML by itself or has no section at all; null where it can't be told apart. */
export function withoutSection(text: string, key: string): string | null {
  const lines = text.split(/\r\n|\n|\r/);
  const starts = lines.flatMap((line, at) => (BEGINS.test(line) ? [at] : []));
  const keys = starts.map((at) => KEY.exec(lines[at]!)?.[1]);
  if (lines.some((line) => line.startsWith('---')) || keys.includes(undefined)) return null;
  if (new Set(keys).size < keys.length) return null;
  const which = keys.indexOf(key);
  if (which < 0) return text;
  const [from, to] = [starts[which]!, starts[which + 1] ?? lines.length];
  if (lines.slice(from, to).some((line) => ANCHOR.test(line))) return null;
  return [...lines.slice(0, from), ...lines.slice(to)].join('\n');
}

/** Does it say nothing at all? */
export const isBare = (text: string): boolean => !text.split('\n').some((line) => /^\s*[^\s#]/.test(line));
