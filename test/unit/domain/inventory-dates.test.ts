/* What `check` warns of by the calendar: the last day still holds, the day after does not. */
import { expect, test } from 'vitest';
import { outOfDate } from '../../../src/domain/inventory-dates.js';
import { formatProblem, parseInventory } from '../../../src/domain/inventory-file.js';

const text = `version: 1
scopes: [{ name: lab, allow: [127.0.0.0/8], authorisedBy: CISO, until: 2026-06-30 }]
hosts:
  - name: web
    address: 127.0.0.1
    ports: [{ port: 22, expect: open, reviewBy: 2026-06-29 }]
audits: [{ name: a, hosts: all, ports: declared }]
exceptions: [{ host: web, ports: [80], reason: Move, approvedBy: CISO, expires: 2026-06-28 }]
`;

function warned(today: string): string[] {
  const parsed = parseInventory([{ file: 'a.yaml', text }]);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return outOfDate(parsed.inventory, today).map(formatProblem);
}

test('nothing is out of date on its last day', () => {
  expect(warned('2026-06-28')).toEqual([]);
});

test('an ended scope, an ended exception and a late review are named with their places', () => {
  expect(warned('2026-07-01')).toEqual([
    "a.yaml:2:10: the scope 'lab' ended on 2026-06-30; nothing is scanned by it",
    "a.yaml:8:14: the exception for host 'web' ended on 2026-06-28",
    'a.yaml:6:13: it was to be reviewed by 2026-06-29',
  ]);
  expect(warned('2026-06-30')).toHaveLength(2);
});
