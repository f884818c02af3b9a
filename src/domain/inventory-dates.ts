/*
 * What in a sound inventory is out of date on a day. Apart from the parser, which knows no calendar: the same text must
 * always parse to the same inventory.
 */
import { isPast } from './day.js';
import type { Inventory } from './inventory.js';
import { type Problem, problem, quoted } from './inventory-problem.js';

export function outOfDate(
  { scopes, exceptions, hosts, groups, reports }: Inventory,
  today: string,
): Problem[] {
  const declarations = [...hosts, ...groups].flatMap(({ ports }) => ports);
  const ended = new Map(
    scopes.flatMap(({ name, until }) => (until !== null && isPast(until, today) ? [[name, until]] : [])),
  );
  return [
    ...scopes
      .filter(({ until }) => until !== null && isPast(until, today))
      .map(({ name, until, place }) =>
        problem(place, `the scope ${quoted(name)} ended on ${until}; nothing is scanned by it`),
      ),
    ...exceptions
      .filter(({ expires }) => isPast(expires, today))
      .map(({ host, expires, place }) =>
        problem(place, `the exception for host ${quoted(host)} ended on ${expires}`),
      ),
    ...declarations
      .filter(({ reviewBy }) => reviewBy !== null && isPast(reviewBy, today))
      .map(({ reviewBy, place }) => problem(place, `it was to be reviewed by ${reviewBy}`)),
    ...reports
      .filter(({ scope }) => scope !== null && ended.has(scope))
      .map(({ name, scope, place }) =>
        problem(
          place,
          `the report ${quoted(name)} tells of the scope ${quoted(scope!)}, which ended on ${ended.get(scope!)}`,
        ),
      ),
  ];
}
