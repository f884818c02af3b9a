/*
 * Where somebody says to look, as they write it: addresses, blocks, ranges and host names, in lines or between commas. Every part that is
 * none of these is told by its line, all of them at once. Pure: nobody is asked what a name means.
 *
 * The trap is a mistyped address, which must not be taken for a name: the last label of a name begins with a letter (RFC 1123 §2.1).
 */
import { AddressSet, AddressSyntaxError } from './address-set.js';
import { quoted } from './inventory-problem.js';
import { isDnsName } from './inventory-values.js';

export interface Places {
  /** As they were written. */
  readonly addresses: readonly string[];
  /** DNS names in lower case, each once. */
  readonly names: readonly string[];
  /** What is neither, a sentence each, with its line where there are several. */
  readonly wrong: readonly string[];
}

const WRONG_SHOWN = 20;

export function parsePlaces(text: string): Places {
  const addresses: string[] = [];
  const names = new Set<string>();
  const wrong: string[] = [];
  const lines = text.trimEnd().split(/\r\n|\n|\r/);
  for (const [at, line] of lines.entries()) {
    for (const part of partsOf(line)) {
      const why = isDnsName(part) ? null : troubleOf(part);
      if (why !== null) wrong.push(lines.length > 1 ? `line ${at + 1}: ${why}` : why);
      else if (isDnsName(part)) names.add(part.toLowerCase().replace(/\.$/, ''));
      else addresses.push(part);
    }
  }
  const more = wrong.length - WRONG_SHOWN;
  const shown = more > 0 ? [...wrong.slice(0, WRONG_SHOWN), `and ${more} more`] : wrong;
  return { addresses, names: [...names], wrong: shown };
}

/** A range may have blanks around its dash. */
const partsOf = (line: string): string[] =>
  line
    .replace(/\s+-\s+/g, '-')
    .split(/[\s,;]+/)
    .filter((part) => part !== '');

function troubleOf(part: string): string | null {
  if (/^[a-z]+:\/\//i.test(part))
    return `${quoted(part)} is the address of a page; expected the name of its host alone`;
  if (/^\[.*\](?::\d+)?$/.test(part) || /^[^:]+:\d{1,5}$/.test(part))
    return `${quoted(part)} has brackets or a port; expected the host alone, and ports further down`;
  try {
    AddressSet.parse(part);
    return null;
  } catch (error) {
    if (!(error instanceof AddressSyntaxError)) throw error;
    const isPlain = !/[:/-]/.test(part);
    return isPlain
      ? `${quoted(part)} is no address and no name; expected for example 203.0.113.7, 203.0.113.0/24, 203.0.113.1-20, 2001:db8::/64 or web.example.test`
      : error.message;
  }
}
