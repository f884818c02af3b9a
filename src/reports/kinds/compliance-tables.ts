/*
 * The evidence of a compliance report, table by table, and at last how its numbers tie out. Pure; the rows that lack something come
 * first, since those are what a reader has to see where not all can be shown.
 */
import type { ComplianceSnapshot, ServiceEvidence } from '../../domain/report/compliance/compliance.js';
import type { EvidenceTable } from '../../domain/report/compliance/control-status.js';
import type { Block, Cell, CellKind, Section } from '../drawing/document.js';
import type { Values, Words } from '../drawing/words.js';
import { reviewBlocks, reviewCell } from './compliance-reviews.js';
import { runBlocks } from './compliance-runs.js';
import { complianceSums } from './compliance-sums.js';
import {
  dayText,
  evidenceTable,
  kindText,
  minuteText,
  ownerText,
  scopesTable,
  severityCell,
  totalsTable,
  whereCell,
} from './evidence-blocks.js';

type Blocks = (snapshot: ComplianceSnapshot, words: Words) => Block[];
type Intro = (snapshot: ComplianceSnapshot) => Values;

/** In the order of the pages. Each is there where a control rests on it. */
const TABLES: ReadonlyArray<readonly [EvidenceTable, Blocks, Intro]> = [
  ['services', serviceBlocks, ({ services }) => ({ count: services.total })],
  ['findings', findingBlocks, () => ({})],
  ['accepted', acceptedBlocks, () => ({})],
  ['fixed', fixedBlocks, () => ({})],
  [
    'runs',
    runBlocks,
    ({ tallies: { runs }, basis }) => ({
      trusted: runs.clean + runs.drift,
      doubtful: runs.inconclusive + runs.failed,
      basis: basis.length,
    }),
  ],
  [
    'inventory',
    inventoryBlocks,
    ({ inventory, tallies }) => ({ version: inventory.version ?? '–', undeclared: tallies.undeclared }),
  ],
  ['reviews', reviewBlocks, () => ({})],
  [
    'scopes',
    scopeBlocks,
    ({ tallies: { hosts, services } }) => ({
      ...{ seen: hosts.seen, hosts: hosts.all, every: hosts.everyPort },
      pairs: services.pairs - services.pairsSeen,
    }),
  ],
];

const ALWAYS: readonly EvidenceTable[] = [
  'services',
  'findings',
  'accepted',
  'runs',
  'inventory',
  'reviews',
  'scopes',
];

export function evidenceSections(snapshot: ComplianceSnapshot, words: Words): Section[] {
  const used = new Set([...ALWAYS, ...snapshot.controls.flatMap(({ tables }) => tables)]);
  const sections = TABLES.filter(([table]) => used.has(table)).map(([table, blocks, intro], index) => ({
    id: table,
    title: words.say(`compliance.${table}.title`),
    intro: words.say(`compliance.${table}.intro`, intro(snapshot)),
    startsPage: index === 0,
    blocks: blocks(snapshot, words),
  }));
  return [
    ...sections,
    {
      id: 'totals',
      title: words.say('compliance.totals.title'),
      intro: words.say('compliance.totals.intro'),
      startsPage: false,
      blocks: [totalsTable(complianceSums(snapshot, words), words)],
    },
  ];
}

const columnsIn =
  (words: Words, table: string) =>
  (key: string, cell: CellKind): { label: string; cell: CellKind } => ({
    label: words.say(key.includes('.') ? key : `compliance.${table}.${key}`),
    cell,
  });

function serviceBlocks({ services, period }: ComplianceSnapshot, words: Words): Block[] {
  const column = columnsIn(words, 'services');
  const lacks = (row: ServiceEvidence): number =>
    [row.owner, row.why, row.approvedBy].filter((one) => one === null).length +
    Number(row.pairsSeen < row.pairs) +
    Number(row.reviewBy !== null && row.reviewBy < period.to);
  const rows = [...services.rows].sort(
    (a, b) => Number(b.expect === 'open') - Number(a.expect === 'open') || lacks(b) - lacks(a),
  );
  return evidenceTable(
    { total: services.total, rows },
    words,
    {
      columns: [
        ...[column('host', 'text'), column('ports', 'ports'), column('owner', 'text'), column('why', 'text')],
        ...[column('approved', 'text'), column('review', 'when'), column('seen', 'when')],
      ],
      empty: words.say('compliance.services.empty'),
    },
    (row) => [
      row.host,
      {
        text: row.ports,
        small: [words.say(`compliance.services.expect.${row.expect}`), row.service]
          .filter(Boolean)
          .join(', '),
      },
      row.owner,
      row.why,
      approvedCell(row, words, 'compliance.services.asked'),
      reviewCell(row, words),
      words.say('evidence.of', { count: row.pairsSeen, of: row.pairs }),
    ],
  );
}

function approvedCell(
  { approvedBy, requestedBy }: { approvedBy: string | null; requestedBy: string | null },
  words: Words,
  asked: string,
): Cell {
  if (approvedBy === null && requestedBy === null) return null;
  if (requestedBy === null) return approvedBy;
  return { text: approvedBy ?? words.say('evidence.nobody'), small: words.say(asked, { name: requestedBy }) };
}

function findingBlocks({ findings }: ComplianceSnapshot, words: Words): Block[] {
  const column = columnsIn(words, 'findings');
  return evidenceTable(
    findings,
    words,
    {
      columns: [
        ...[column('evidence.severity', 'mark'), column('evidence.where', 'address')],
        ...[column('evidence.kind', 'text'), column('state', 'text')],
        ...[column('opened', 'when'), column('due', 'when')],
      ],
      empty: words.say('compliance.findings.empty'),
    },
    (row) => [
      severityCell(row.severity, words),
      whereCell(row, ownerText(row.owner, words)),
      kindText(row.kind, words),
      words.say(`evidence.states.${row.state}`),
      row.openedAt && dayText(row.openedAt),
      row.dueBy && dayText(row.dueBy),
    ],
  );
}

function acceptedBlocks({ accepted }: ComplianceSnapshot, words: Words): Block[] {
  const column = columnsIn(words, 'accepted');
  return evidenceTable(
    accepted,
    words,
    {
      columns: [
        ...[column('evidence.where', 'address'), column('evidence.kind', 'text')],
        ...[column('evidence.reason', 'text'), column('evidence.approved', 'text')],
        ...[column('evidence.since', 'when'), column('evidence.until', 'when')],
      ],
      empty: words.say('compliance.accepted.empty'),
    },
    (row) => [
      whereCell(row, ownerText(row.owner, words)),
      kindText(row.kind, words),
      row.reason,
      approvedCell(row, words, 'evidence.asked'),
      row.since && dayText(row.since),
      row.until,
    ],
  );
}

function fixedBlocks({ fixed }: ComplianceSnapshot, words: Words): Block[] {
  const column = columnsIn(words, 'fixed');
  return evidenceTable(
    fixed,
    words,
    {
      columns: [
        ...[column('evidence.severity', 'mark'), column('evidence.where', 'address')],
        ...[column('evidence.kind', 'text'), column('at', 'when'), column('run', 'text')],
      ],
      empty: words.say('compliance.fixed.empty'),
    },
    (row) => [
      severityCell(row.severity, words),
      whereCell(row, ownerText(row.owner, words)),
      kindText(row.kind, words),
      minuteText(row.resolvedAt),
      row.run ?? words.say('compliance.fixed.no-run'),
    ],
  );
}

function inventoryBlocks({ versions }: ComplianceSnapshot, words: Words): Block[] {
  const column = columnsIn(words, 'inventory');
  const say = (key: string, values?: Values): string => words.say(`compliance.inventory.${key}`, values);
  return evidenceTable(
    versions,
    words,
    {
      columns: [
        ...[column('version', 'text'), column('at', 'when'), column('by', 'text'), column('changes', 'text')],
        column('note', 'text'),
      ],
      empty: say('empty'),
      most: 30,
    },
    ({ version, at, by, changes, note, isBefore, sha256 }) => [
      { text: version, small: `${sha256.slice(0, 12)}…` },
      minuteText(at),
      by ?? say('read-by-service'),
      isBefore
        ? say('before')
        : changes === null
          ? say('not-compared')
          : {
              text: say('counts', {
                added: changes.added,
                removed: changes.removed,
                changed: changes.changed,
              }),
              small: changes.first.slice(0, 3).join('; ').slice(0, 240),
            },
      note,
    ],
  );
}

function scopeBlocks(snapshot: ComplianceSnapshot, words: Words): Block[] {
  const { vantages } = snapshot.tallies;
  const text =
    vantages.length === 0
      ? words.say('compliance.scopes.no-vantage')
      : words.say('compliance.scopes.vantages', { names: vantages.join(', ') });
  return [...scopesTable(snapshot, words), { block: 'text', text, tone: 'plain' }];
}
