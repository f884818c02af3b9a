/*
 * What the pages of an attestation say: its cover, a row an owner, then for each owner what they answer for, what of it is overdue, and a
 * place to sign. Pure.
 */
import type { AttestationSnapshot, AttestedOwner } from '../../domain/report/attestation/attestation.js';
import { type AttestedLists, listsOf } from '../../domain/report/attestation/build-attestation.js';
import { askedWith } from '../drawing/asked-with.js';
import type { Block, Cell, CellKind, ReportDocument, Section, TableBlock } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';
import { inventoryFact, subjectOf } from './report-cover.js';
import { cutRows, dayOfInstant, placeCell } from './told-rows.js';

const ROWS_MOST = 1000;

export function attestationDocument(snapshot: AttestationSnapshot, words: Words): ReportDocument {
  const { parameters, verdict, totals, owners, madeAt } = snapshot;
  const say: Words['say'] = (key, values) => words.say(`attestation.${key}`, values);
  const named = owners.flatMap(({ owner, name }) =>
    owner === null ? [] : { id: owner, name: name ?? owner },
  );
  return {
    title: parameters.title ?? say('title'),
    subject: subjectOf({ parameters, owners: named }, words),
    bearing: verdict,
    word: say(`word.${verdict}`),
    means: say(`means.${verdict}`),
    because: say(`because.${verdict === 'inconclusive' ? 'nothing' : 'told'}`, { ...totals }),
    facts: [
      { label: words.say('told.made'), main: words.day(madeAt), small: words.instant(madeAt) },
      {
        label: say('fact.owners'),
        main: say('fact.count', { owners: named.length }),
        small: say('fact.what', { hosts: totals.hosts, services: totals.services }),
      },
      inventoryFact(snapshot.inventory, words),
    ],
    parameters: askedWith(parameters, words, ['owner', 'scope', 'tags']),
    tiles: [
      { count: totals.findings, of: null, label: say('tile.findings') },
      { count: totals.overdue, of: totals.findings, label: say('tile.overdue') },
      { count: totals.reviews, of: totals.services, label: say('tile.reviews') },
      { count: totals.ended, of: totals.exceptions, label: say('tile.ended') },
    ],
    sections: [
      overview(snapshot, words),
      ...owners.map((owner, at) => ownerSection(owner, at, snapshot, words)),
    ],
  };
}

function overview({ owners, totals }: AttestationSnapshot, words: Words): Section {
  const say: Words['say'] = (key, values) => words.say(`attestation.overview.${key}`, values);
  const names = ['hosts', 'services', 'reviews', 'exceptions', 'ended', 'findings', 'overdue'] as const;
  const table: TableBlock = {
    block: 'table',
    caption: null,
    columns: [
      { label: words.say('told.column.owner'), cell: 'text' },
      ...names.map((name) => ({ label: say(`column.${name}`), cell: 'number' as const })),
    ],
    rows:
      owners.length === 0
        ? []
        : [
            ...owners.map((one) => [nameOf(one, words), ...names.map((name) => one.counts[name])]),
            [say('all'), ...names.map((name) => totals[name])],
          ],
    empty: say('none'),
  };
  return { id: 'overview', title: say('title'), intro: say('intro'), startsPage: false, blocks: [table] };
}

const nameOf = ({ name }: AttestedOwner, words: Words): string => name ?? words.say('told.nobody');

function ownerSection(
  owner: AttestedOwner,
  at: number,
  snapshot: AttestationSnapshot,
  words: Words,
): Section {
  const say: Words['say'] = (key, values) => words.say(`attestation.owner.${key}`, values);
  const lists = listsOf(snapshot, owner.owner);
  const isSomebody = owner.owner !== null;
  return {
    id: `owner-${at + 1}`,
    title: nameOf(owner, words),
    intro: isSomebody ? say('intro', { ...owner.counts }) : say('nobody'),
    startsPage: true,
    blocks: [
      ...findingsTable(lists, words),
      ...servicesTable(lists, words),
      ...exceptionsTable(lists, words),
      ...hostsTable(lists, words),
      ...(isSomebody ? signBlocks(owner, snapshot, words) : []),
    ],
  };
}

/** What whoever signs says. */
export const statementOf = (
  owner: AttestedOwner,
  { madeAt }: Pick<AttestationSnapshot, 'madeAt'>,
  words: Words,
): string => words.say('attestation.sign.statement', { owner: nameOf(owner, words), day: words.day(madeAt) });

function signBlocks(owner: AttestedOwner, snapshot: AttestationSnapshot, words: Words): Block[] {
  const say: Words['say'] = (key, values) => words.say(`attestation.sign.${key}`, values);
  const before = snapshot.signed.find((one) => one.owner === owner.owner);
  const told: Block[] = before
    ? [
        {
          block: 'text',
          tone: 'note',
          text: say(before.comment === null ? 'before' : 'before-with', {
            ...{ by: before.by, at: words.instant(before.at), report: before.report },
            ...{ sha256: before.snapshotSha256, comment: before.comment ?? '' },
          }),
        },
      ]
    : [];
  return [
    ...told,
    {
      block: 'sign',
      statement: statementOf(owner, snapshot, words),
      signed: null,
      labels: { name: say('name'), date: say('date'), signature: say('signature') },
    },
  ];
}

function table(
  name: string,
  columns: ReadonlyArray<readonly [string, CellKind]>,
  rows: readonly Cell[][],
  words: Words,
): Block[] {
  const say = (key: string): string => words.say(`attestation.${name}.${key}`);
  const { shown, rest } = cutRows(rows, ROWS_MOST, words);
  const block: TableBlock = {
    block: 'table',
    caption: say('title'),
    columns: columns.map(([column, cell]) => ({ label: say(`column.${column}`), cell })),
    rows: shown,
    empty: say('none'),
  };
  return [block, ...rest];
}

function findingsTable({ findings }: AttestedLists, words: Words): Block[] {
  const columns = [
    ['severity', 'mark'],
    ['where', 'address'],
    ['kind', 'text'],
    ['state', 'text'],
    ['due', 'when'],
  ] as const;
  const rows = findings.map((one): Cell[] => [
    { mark: one.severity, text: words.say(`severity.${one.severity}`) },
    ...[placeCell(one), one.service === null ? one.kind : { text: one.kind, small: one.service }],
    ...[words.say(`life.${one.state}`), dueCell(one.due && dayOfInstant(one.due), one.isOverdue, words)],
  ]);
  return table('findings', columns, rows, words);
}

const dueCell = (day: string | null, isOver: boolean, words: Words): Cell =>
  day !== null && isOver ? { text: day, small: words.say('attestation.overdue') } : day;

function servicesTable({ services }: AttestedLists, words: Words): Block[] {
  const columns = [
    ['ports', 'ports'],
    ['host', 'text'],
    ['why', 'text'],
    ['approved', 'text'],
    ['review', 'when'],
  ] as const;
  const rows = services.map((one): Cell[] => [
    one.service === null ? one.ports : { text: one.ports, small: one.service },
    ...[one.host, one.why, approvedCell(one.approvedBy, one.requestedBy, words)],
    dueCell(one.reviewBy, one.isOverdue, words),
  ]);
  return table('services', columns, rows, words);
}

function approvedCell(approvedBy: string | null, requestedBy: string | null, words: Words): Cell {
  if (requestedBy === null) return approvedBy;
  const small = words.say('attestation.requested', { by: requestedBy });
  return { text: approvedBy ?? '–', small };
}

function exceptionsTable({ exceptions }: AttestedLists, words: Words): Block[] {
  const columns = [
    ['ports', 'ports'],
    ['host', 'text'],
    ['reason', 'text'],
    ['approved', 'text'],
    ['until', 'when'],
  ] as const;
  const rows = exceptions.map((one): Cell[] => [
    ...[one.ports === '' ? null : one.ports, one.host],
    one.finding === null ? one.reason : words.say('attestation.of-finding', { finding: one.finding }),
    ...[one.approvedBy, dueCell(one.expires, one.hasEnded, words)],
  ]);
  return table('exceptions', columns, rows, words);
}

function hostsTable({ hosts }: AttestedLists, words: Words): Block[] {
  const columns = [
    ['host', 'text'],
    ['addresses', 'text'],
    ['tags', 'text'],
    ['criticality', 'text'],
  ] as const;
  const rows = hosts.map((one): Cell[] => [
    ...[one.host, { lines: one.addresses }, one.tags.length === 0 ? null : one.tags.join(', ')],
    words.say(`attestation.criticality.${one.criticality}`),
  ]);
  return table('hosts', columns, rows, words);
}
