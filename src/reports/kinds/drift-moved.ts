/*
 * The findings that a period moved, each with what became of it and when; and those that would not stand still. Pure.
 */
import type { DriftFinding, DriftSnapshot, DriftStep } from '../../domain/report/drift/drift.js';
import type { Block, Cell, Section, TableBlock } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';
import { cutRows, dayOfInstant, ownerNames, placeCell, spanText } from './told-rows.js';

const ROWS_MOST = 1000;
/** The last of them; a finding that flaps has hundreds. */
const STEPS_SHOWN = 4;

export function movedSections(snapshot: DriftSnapshot, words: Words): Section[] {
  const { findings } = snapshot;
  const flapping = findings.filter((one) => one.flapping !== null);
  return [
    movedSection(snapshot, words),
    ...(flapping.length > 0 ? [flappingSection(flapping, snapshot, words)] : []),
  ];
}

function movedSection({ findings, findingsLeftOut, owners }: DriftSnapshot, words: Words): Section {
  const say: Words['say'] = (key, values) => words.say(`drift.moved.${key}`, values);
  const column = (name: string): string => words.say(`told.column.${name}`);
  const named = ownerNames(owners);
  const { shown, rest } = cutRows(findings, ROWS_MOST, words);
  const table: TableBlock = {
    block: 'table',
    caption: null,
    columns: [
      { label: column('severity'), cell: 'mark' },
      { label: column('where'), cell: 'address' },
      { label: column('kind'), cell: 'text' },
      { label: say('column.what'), cell: 'text' },
      { label: say('column.now'), cell: 'text' },
    ],
    rows: shown.map((one): Cell[] => [
      { mark: one.severity, text: words.say(`severity.${one.severity}`) },
      ...[placeCell(one), { text: one.kind, small: named(one.owner) ?? words.say('told.nobody') }],
      ...[{ lines: stepLines(one, words) }, one.after === null ? null : words.say(`life.${one.after}`)],
    ]),
    empty: say('none'),
  };
  const intro = findings.length > 0 ? say('intro') : null;
  const blocks = [table, ...rest, ...leftOutOf(findingsLeftOut, words)];
  return { id: 'moved', title: say('title'), intro, startsPage: false, blocks };
}

/** What is nowhere but in the numbers. */
const leftOutOf = (count: number | undefined, words: Words): Block[] =>
  count === undefined ? [] : [{ block: 'text', tone: 'note', text: words.say('drift.moved.cut', { count }) }];

function stepLines({ steps }: DriftFinding, words: Words): string[] {
  const shown = steps.slice(-STEPS_SHOWN).map((step) => stepText(step, words));
  const left = steps.length - shown.length;
  const before = left > 0 ? [words.say('drift.moved.before', { steps: left })] : [];
  return [...before, ...shown];
}

function stepText({ move, account, at, stoodMs }: DriftStep, words: Words): string {
  const entersRisk = account === 'accepted' && (move === 'opened' || move === 'reopened');
  const what = words.say(`drift.move.${entersRisk ? `${move}-accepted` : move}`);
  const day = dayOfInstant(at);
  return stoodMs === null
    ? words.say('drift.moved.step', { day, what })
    : words.say('drift.moved.end', { day, what, span: spanText(stoodMs, words) });
}

function flappingSection(
  flapping: readonly DriftFinding[],
  { owners, findingsLeftOut }: DriftSnapshot,
  words: Words,
): Section {
  const say: Words['say'] = (key, values) => words.say(`drift.flapping.${key}`, values);
  const column = (name: string): string => words.say(`told.column.${name}`);
  const named = ownerNames(owners);
  const worst = [...flapping].sort((a, b) => (b.flapping ?? 0) - (a.flapping ?? 0));
  const { shown, rest } = cutRows(worst, ROWS_MOST, words);
  const table: TableBlock = {
    block: 'table',
    caption: null,
    columns: [
      { label: column('where'), cell: 'address' },
      { label: column('kind'), cell: 'text' },
      { label: column('owner'), cell: 'text' },
      { label: say('column.times'), cell: 'number' },
      { label: say('column.steps'), cell: 'number' },
    ],
    rows: shown.map((one): Cell[] => [
      ...[placeCell(one), one.kind, named(one.owner) ?? words.say('told.nobody')],
      ...[one.flapping, one.steps.length],
    ]),
    empty: '',
  };
  return {
    id: 'flapping',
    title: say('title'),
    intro: say('intro'),
    startsPage: false,
    blocks: [table, ...rest, ...leftOutOf(findingsLeftOut, words)],
  };
}
