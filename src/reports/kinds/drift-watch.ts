/*
 * How the audits kept watch in the period: their runs by verdict, where several in a row can't be trusted, which slots had no run, and the
 * evidence of the runs that moved something. Pure.
 */
import type { DriftSnapshot } from '../../domain/report/drift/drift.js';
import type { Block, Cell, Section, TableBlock } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';
import { cutRows } from './told-rows.js';

const ROWS_MOST = 200;

type Say = Words['say'];

export function watchSection(snapshot: DriftSnapshot, words: Words): Section {
  const say: Say = (key, values) => words.say(`drift.watch.${key}`, values);
  return {
    id: 'watch',
    title: say('title'),
    intro: say('intro'),
    startsPage: false,
    blocks: [
      auditsTable(snapshot, say, words),
      ...gapsTable(snapshot, say, words),
      ...missedTable(snapshot, say, words),
      ...runsTable(snapshot, say, words),
    ],
  };
}

function auditsTable({ audits }: DriftSnapshot, say: Say, words: Words): TableBlock {
  const verdicts = ['clean', 'drift', 'inconclusive', 'failed'] as const;
  return {
    block: 'table',
    caption: null,
    columns: [
      { label: say('column.audit'), cell: 'text' },
      ...verdicts.map((name) => ({ label: words.say(`verdict.${name}`), cell: 'number' as const })),
      { label: say('column.missed'), cell: 'number' },
      { label: say('column.last'), cell: 'number' },
    ],
    rows: audits.map((one): Cell[] => [
      ...[one.audit, ...verdicts.map((name) => one[name])],
      one.isAtLeast ? say('at-least', { slots: one.missed }) : one.missed,
      one.lastTrusted ?? say('never'),
    ]),
    empty: say('none'),
  };
}

function gapsTable({ gaps }: DriftSnapshot, say: Say, words: Words): Block[] {
  if (gaps.length === 0) return [];
  const { shown, rest } = cutRows(gaps, ROWS_MOST, words);
  const table: TableBlock = {
    block: 'table',
    caption: say('gaps'),
    columns: [
      { label: say('column.audit'), cell: 'text' },
      { label: say('column.runs'), cell: 'number' },
      { label: say('column.first'), cell: 'when' },
      { label: say('column.to'), cell: 'when' },
      { label: say('column.because'), cell: 'text' },
    ],
    rows: shown.map((one): Cell[] => [
      ...[one.audit, one.runs, minute(one.from, words), minute(one.until, words), one.because],
    ]),
    empty: '',
  };
  return [table, ...rest];
}

function missedTable({ missed }: DriftSnapshot, say: Say, words: Words): Block[] {
  if (missed.length === 0) return [];
  const { shown, rest } = cutRows(missed, ROWS_MOST, words);
  const table: TableBlock = {
    block: 'table',
    caption: say('missed'),
    columns: [
      { label: say('column.audit'), cell: 'text' },
      { label: say('column.slots'), cell: 'number' },
      { label: say('column.first'), cell: 'when' },
      { label: say('column.to'), cell: 'when' },
      { label: say('column.because'), cell: 'text' },
    ],
    rows: shown.map((one): Cell[] => [
      one.audit,
      one.isAtLeast ? say('at-least', { slots: one.slots }) : one.slots,
      ...[minute(one.first, words), minute(one.last, words)],
      say(`why.${one.why}`, { detail: one.detail }),
    ]),
    empty: '',
  };
  return [table, ...rest];
}

function runsTable({ runs }: DriftSnapshot, say: Say, words: Words): Block[] {
  const { shown, rest } = cutRows(runs, ROWS_MOST, words);
  const table: TableBlock = {
    block: 'table',
    caption: say('runs'),
    columns: [
      { label: say('column.run'), cell: 'number' },
      { label: say('column.audit'), cell: 'text' },
      { label: say('column.ended'), cell: 'when' },
      { label: say('column.sha256'), cell: 'address' },
    ],
    rows: shown.map((one): Cell[] => [
      ...[one.run, one.audit, minute(one.finishedAt, words), one.snapshotSha256],
    ]),
    empty: say('no-runs'),
  };
  return [table, ...rest];
}

const minute = (iso: string, words: Words): string => words.instant(iso).slice(0, 16);
