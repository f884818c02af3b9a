/*
 * A file without one of its sections, where the rest of it is to be read or changed quickly: the inventory of a large network takes
 * seconds to read, nearly all of it for its hosts. Pure.
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
  const found = extentOf(text, key);
  if (found === null) return null;
  return found === 'none' ? text : text.slice(0, found.start) + text.slice(found.end);
}

/** A text in which one line stands for a section, until it is put back as it was. */
export interface Shortened {
  readonly text: string;
  /** The section in its place again; null where its line is not there any more as it was. */
  restored(text: string): string | null;
}

const STANDS_FOR = '~a section is put back here~';
/** A text of several lines may end with what looks like a comment, or is blank. */
const OPEN_TEXT = /(?:^|\s)[|>][-+0-9]*\s*(?:#.*)?$/m;

/** @returns null where it can't be told apart, or is not there */
export function shortened(text: string, key: string): Shortened | null {
  const found = extentOf(text, key);
  if (found === null || found === 'none' || text.includes(STANDS_FOR)) return null;
  const section = text.slice(found.start, found.end);
  if (OPEN_TEXT.test(section)) return null;
  const own = withoutEnd(section);
  const lineBreak = /\r?\n$/.exec(own)?.[0] ?? '';
  const line = `${key}: ${STANDS_FOR}${lineBreak}`;
  return {
    text: text.slice(0, found.start) + line + text.slice(found.start + own.length),
    restored: (changed) => {
      const at = changed.indexOf(line);
      const isThere = at === 0 || (at > 0 && changed[at - 1] === '\n');
      return isThere ? changed.slice(0, at) + own + changed.slice(at + line.length) : null;
    },
  };
}

/** Comments at the margin and blank lines behind it are not its own. */
function withoutEnd(section: string): string {
  let end = section.length;
  for (;;) {
    const start = section.lastIndexOf('\n', end - 2) + 1;
    if (start === 0 || !/^(?:#.*|[ \t]*)\r?\n?$/.test(section.slice(start, end)))
      return section.slice(0, end);
    end = start;
  }
}

type Extent = { readonly start: number; readonly end: number };

function extentOf(text: string, key: string): Extent | 'none' | null {
  const starts: Array<{ readonly at: number; readonly key: string }> = [];
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('\n', at) + 1 || text.length;
    const line = text.slice(at, next);
    const begun = BEGINS.test(line) ? KEY.exec(line)?.[1] : '';
    if (begun === undefined || line.startsWith('---')) return null;
    if (begun !== '') starts.push({ at, key: begun });
    at = next;
  }
  if (new Set(starts.map((one) => one.key)).size < starts.length) return null;
  const which = starts.findIndex((one) => one.key === key);
  if (which < 0) return 'none';
  const extent = { start: starts[which]!.at, end: starts[which + 1]?.at ?? text.length };
  return ANCHOR.test(text.slice(extent.start, extent.end)) ? null : extent;
}

/** Does it say nothing at all? */
export const isBare = (text: string): boolean => !text.split('\n').some((line) => /^\s*[^\s#]/.test(line));
