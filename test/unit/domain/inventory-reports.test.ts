/* Reports by schedule as the inventory has them, what is warned of, and what changes between two inventories. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { outOfDate } from '../../../src/domain/inventory-dates.js';
import { diffInventories } from '../../../src/domain/inventory-diff.js';
import { editInventory } from '../../../src/domain/inventory-edit.js';
import { formatProblem, parseInventory } from '../../../src/domain/inventory-file.js';

const example = readFileSync(
  join(import.meta.dirname, '../../fixtures/inventories/good/reports.yaml'),
  'utf8',
);

function read(text: string) {
  const parsed = parseInventory([{ file: 'a.yaml', text }]);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed;
}

test('every key is read, and what is left out has its usual value', () => {
  const { reports } = read(example).inventory;
  expect(reports[0]).toEqual({
    ...{ name: 'monthly', kind: 'compliance', framework: 'pci-dss-4.0.1', title: 'Ports of the card data' },
    schedule: { kind: 'cron', cron: '0 6 1 * *', timezone: 'Europe/Berlin' },
    ...{
      period: { kind: 'calendar', unit: 'month' },
      audits: [],
      scope: 'harbour',
      owner: null,
      tags: ['pci'],
    },
    ...{ language: 'de', paper: 'A4', to: ['auditor'], keepDays: 400 },
    place: { file: 'a.yaml', line: 15, column: 5 },
  });
  expect(reports[3]).toMatchObject({
    ...{
      schedule: 'after-run',
      audits: ['nightly'],
      paper: 'Letter',
      language: 'en',
      to: [],
      keepDays: null,
    },
    ...{ period: null, title: null },
  });
});

const base = `version: 1
owners:
  shop: { name: Shop }
  platform: { name: Platform, email: platform@example.test }
receivers: [{ name: quiet, type: email, to: [a@example.test], details: false }]
scopes: [{ name: harbour, allow: [127.0.0.0/8], authorisedBy: CISO, until: 2026-06-30 }]
reports:
`;

describe('what is warned of', () => {
  const warned = (entries: string): string[] => read(`${base}${entries}`).warnings.map(formatProblem);

  test('an owner without an address, a receiver that is told no details, and the same report twice', () => {
    expect(
      warned(`  - { name: a, kind: exposure, schedule: "0 6 1 * *", owner: each, to: [owner, quiet] }
  - { name: b, kind: exposure, schedule: "0 6 1 * *", owner: each, to: [owner, quiet] }
`).slice(0, 3),
    ).toEqual([
      "a.yaml:8:73: the owner 'shop' has no e-mail: nothing is sent of what is theirs",
      "a.yaml:8:80: the receiver 'quiet' is told no details: it is sent where the report is, and not the report",
      "a.yaml:9:5: the report 'b' is made twice; see a.yaml:8:5",
    ]);
  });

  test('nothing of one that waits to be fetched', () => {
    expect(warned('  - { name: a, kind: exposure, schedule: "0 6 1 * *", owner: shop }\n')).toEqual([]);
  });

  test('a scope that has ended, by the calendar', () => {
    const { inventory } = read(
      `${base}  - { name: a, kind: exposure, schedule: "0 6 1 * *", scope: harbour }\n`,
    );
    expect(outOfDate(inventory, '2026-06-30')).toEqual([]);
    expect(outOfDate(inventory, '2026-07-01').map(formatProblem)).toContain(
      "a.yaml:8:5: the report 'a' tells of the scope 'harbour', which ended on 2026-06-30",
    );
  });
});

test('a change of a report says what it was and what it is to be', () => {
  const [before, after] = [read(example), read(example.replace('last quarter', 'last 90 days'))];
  expect(diffInventories(before.inventory, after.inventory)).toEqual([
    {
      ...{ change: 'changed', what: 'report quarter' },
      before: 'kind drift, language en, paper A4, period last quarter, schedule 0 0 1 1,4,7,10 * (UTC)',
      after: 'kind drift, language en, paper A4, period last 90 days, schedule 0 0 1 1,4,7,10 * (UTC)',
    },
  ]);
});

test('an edit puts one, changes one and takes one away, and leaves the others as they are written', () => {
  const put = { edit: 'put', section: 'reports', name: 'weekly', keep: true, entry: { keep: 30 } } as const;
  const put2 = {
    edit: 'put',
    section: 'reports',
    name: 'new',
    entry: { kind: 'exposure', schedule: 'after-run', audits: ['nightly'] },
  } as const;
  const changed = editInventory(example, put);
  if (!changed.ok) throw new Error(changed.problem);
  expect(read(changed.text).inventory.reports[1]).toMatchObject({
    name: 'weekly',
    owner: 'each',
    keepDays: 30,
  });
  const added = editInventory(changed.text, put2);
  if (!added.ok) throw new Error(added.problem);
  expect(read(added.text).inventory.reports.map(({ name }) => name)).toContain('new');
  const removed = editInventory(added.text, { edit: 'remove', section: 'reports', name: 'new' });
  expect(removed).toMatchObject({ ok: true, text: changed.text });
});
