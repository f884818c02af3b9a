/*
 * The control totals of a register of exceptions: every exception is in one state and of one source, every accepted finding is covered
 * or listed, and the sums are those of the rows where all of them are there. Pure.
 */
import { exceptionsWord, tallyExceptions } from './build-exceptions.js';
import type { ExceptionsSnapshot } from './exceptions.js';

export function exceptionsProblem({ tallies, exceptions, ended, word }: ExceptionsSnapshot): string | null {
  const { states, sources, accepted, covered } = tallies;
  const sum = (parts: Readonly<Record<string, number>>): number =>
    Object.values(parts).reduce((all, count) => all + count, 0);
  const { all: endedAll, ...hows } = tallies.ended;
  if (sum(states) !== tallies.all)
    return `${sum(states)} exceptions have a state, and there are ${tallies.all}`;
  if (sum(sources) !== tallies.all)
    return `${sum(sources)} exceptions have a source, and there are ${tallies.all}`;
  if (exceptions.total !== tallies.all)
    return `the table has ${exceptions.total} exceptions, and the tallies say ${tallies.all}`;
  if (covered + sources.finding !== accepted)
    return `${accepted} findings are accepted, ${covered} of them covered and ${sources.finding} listed`;
  if (sum(hows) !== endedAll || ended.total !== endedAll)
    return `${endedAll} exceptions have ended, ${sum(hows)} by their ends, and ${ended.total} in the table`;
  if (exceptionsWord(tallies) !== word)
    return `the cover says ${word}, and the sums say ${exceptionsWord(tallies)}`;
  const more = [exceptions, ended].find(({ rows, total }) => rows.length > total);
  if (more) return `a table has ${more.rows.length} rows of ${more.total}`;
  if (exceptions.rows.length < exceptions.total || ended.rows.length < ended.total) return null;
  const counted = tallyExceptions(exceptions.rows, ended.rows, { accepted, covered });
  return JSON.stringify(counted) === JSON.stringify(ordered(tallies, counted))
    ? null
    : 'the sums of the exceptions are not those of its rows';
}

/** With the keys in the order of another: a snapshot that was read again has them as its schema does. */
function ordered<T extends object>(of: T, like: T): T {
  return Object.fromEntries(
    Object.entries(like).map(([key, value]) => {
      const said = of[key as keyof T];
      return [key, typeof value === 'object' && value !== null ? ordered(said as object, value) : said];
    }),
  ) as T;
}
