/*
 * The sheets of a drift report: what stood, came and went and stood then, as sums that can be added up on the page; how long repairs took;
 * and the same by severity, by kind and by owner. Pure.
 */
import { type Accounts, type Balance, closingOf } from '../../domain/report/drift/balance.js';
import type { DriftSnapshot, RepairTimes } from '../../domain/report/drift/drift.js';
import type { Block, Cell, Section, TableBlock, TrendBlock } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';
import { dayOfInstant, ownerNames, spanText } from './told-rows.js';

export function sheetSection(snapshot: DriftSnapshot, words: Words): Section {
  const say: Words['say'] = (key, values) => words.say(`drift.sheet.${key}`, values);
  return {
    id: 'sheet',
    title: say('title'),
    intro: say('intro'),
    startsPage: false,
    blocks: [trendOf(snapshot, words), sheetOf(snapshot.total, say, words)],
  };
}

/** With a sign, so that the column can be added up as it stands. */
const signed = (count: number, words: Words): string =>
  count === 0 ? '0' : `${count < 0 ? '−' : '+'}${words.number(Math.abs(count))}`;

function sheetOf(balance: Balance, say: Words['say'], words: Words): TableBlock {
  const { opening, opened, reopened, accepted, expired, withdrawn, repaired, replaced, unwatched } = balance;
  const closing = closingOf(balance);
  const stands = (name: string, { open, accepted: risks }: Accounts): Cell[] => [
    say(`row.${name}`),
    ...[words.number(open), words.number(risks), words.number(open + risks)],
  ];
  const moves = (name: string, open: number, risks: number): Cell[] => [
    say(`row.${name}`),
    ...[signed(open, words), signed(risks, words), signed(open + risks, words)],
  ];
  return {
    block: 'table',
    caption: null,
    columns: [
      { label: say('column.what'), cell: 'text' },
      ...['open', 'accepted', 'both'].map((name) => ({
        label: say(`column.${name}`),
        cell: 'number' as const,
      })),
    ],
    rows: [
      stands('opening', opening),
      ...[
        moves('opened', opened.open, opened.accepted),
        moves('reopened', reopened.open, reopened.accepted),
        moves('accepted', -accepted, accepted),
        moves('expired', expired, -expired),
        moves('withdrawn', withdrawn, -withdrawn),
        moves('repaired', -repaired.open, -repaired.accepted),
        moves('replaced', -replaced.open, -replaced.accepted),
        moves('unwatched', -unwatched.open, -unwatched.accepted),
      ].filter(([, open, risks]) => open !== '0' || risks !== '0'),
      stands('closing', closing),
    ],
    empty: '',
  };
}

function trendOf({ trend, slot }: DriftSnapshot, words: Words): TrendBlock {
  const say = (key: string): string => words.say(`drift.trend.${key}`);
  return {
    block: 'trend',
    caption: say(slot),
    labels: { risen: say('risen'), fallen: say('fallen'), standing: say('standing') },
    points: trend.map(({ from, risen, fallen, standing }) => ({
      ...{ at: dayOfInstant(from), risen, fallen, standing },
    })),
  };
}

export function repairSection({ repair, repairBySeverity }: DriftSnapshot, words: Words): Section {
  const say: Words['say'] = (key, values) => words.say(`drift.repair.${key}`, values);
  const row = (label: Cell, { of, meanMs, medianMs }: RepairTimes): Cell[] => [
    ...[label, of],
    ...[meanMs, medianMs].map((ms) => (ms === null ? null : spanText(ms, words))),
  ];
  const rows = repairBySeverity.map(({ name, repair: its }) =>
    row({ mark: name, text: words.say(`severity.${name}`) }, its),
  );
  const table: TableBlock = {
    block: 'table',
    caption: null,
    columns: [
      { label: words.say('told.column.severity'), cell: 'mark' },
      { label: say('column.of'), cell: 'number' },
      { label: say('column.mean'), cell: 'number' },
      { label: say('column.median'), cell: 'number' },
    ],
    rows: rows.length > 0 ? [...rows, row(say('all'), repair)] : [],
    empty: say('none'),
  };
  return { id: 'repair', title: say('title'), intro: say('intro'), startsPage: false, blocks: [table] };
}

export function partsSection(snapshot: DriftSnapshot, words: Words): Section {
  const say: Words['say'] = (key, values) => words.say(`drift.parts.${key}`, values);
  const named = ownerNames(snapshot.owners);
  const { bySeverity, byKind, byOwner, total } = snapshot;
  const blocks: Block[] = [
    partTable(
      'severity',
      bySeverity.map(({ name, balance }) => [words.say(`severity.${name}`), balance]),
      total,
      words,
    ),
    partTable(
      'kind',
      byKind.map(({ name, balance }) => [name, balance]),
      total,
      words,
    ),
    partTable(
      'owner',
      byOwner.map(({ name, balance }) => [named(name) ?? words.say('told.nobody'), balance]),
      total,
      words,
    ),
  ];
  return { id: 'parts', title: say('title'), intro: say('intro'), startsPage: false, blocks };
}

function partTable(
  by: 'severity' | 'kind' | 'owner',
  parts: ReadonlyArray<readonly [string, Balance]>,
  total: Balance,
  words: Words,
): TableBlock {
  const say = (key: string): string => words.say(`drift.parts.${key}`);
  const columns = ['start', 'opened', 'reopened', 'risk', 'repaired', 'other', 'end'];
  const row = (label: string, balance: Balance): Cell[] => {
    const { opening, opened, reopened, accepted, expired, withdrawn, repaired, replaced, unwatched } =
      balance;
    return [
      label,
      words.number(opening.open),
      ...[opened.open, reopened.open, expired + withdrawn - accepted, -repaired.open].map((one) =>
        signed(one, words),
      ),
      signed(-replaced.open - unwatched.open, words),
      words.number(balance.closing.open),
    ];
  };
  return {
    block: 'table',
    caption: say(`by-${by}`),
    columns: [
      { label: words.say(`told.column.${by}`), cell: 'text' },
      ...columns.map((name) => ({ label: say(`column.${name}`), cell: 'number' as const })),
    ],
    rows: parts.length > 0 ? [...parts.map(([label, one]) => row(label, one)), row(say('all'), total)] : [],
    empty: say('none'),
  };
}
