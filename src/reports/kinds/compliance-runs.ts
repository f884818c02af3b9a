/*
 * The runs of a period as pages show them: how each audit went, which runs are counted, and which could not be trusted and why. Pure.
 */
import type { ComplianceSnapshot } from '../../domain/report/compliance/compliance.js';
import type { Coverage, RunVerdict } from '../../domain/report/exposure/exposure.js';
import type { Block, Cell } from '../drawing/document.js';
import type { Values, Words } from '../drawing/words.js';
import { evidenceTable, gapText, minuteText } from './evidence-blocks.js';

const VERDICT_MARKS: Readonly<Record<RunVerdict, string>> = {
  ...{ clean: 'match', drift: 'drift', inconclusive: 'unknown', failed: 'unknown' },
};

const verdictCell = (verdict: RunVerdict, words: Words): Cell => ({
  mark: VERDICT_MARKS[verdict],
  text: words.say(`verdict.${verdict}`),
});

export function runBlocks(snapshot: ComplianceSnapshot, words: Words): Block[] {
  return [
    ...auditBlocks(snapshot, words),
    ...countedBlocks(snapshot, words),
    ...doubtfulBlocks(snapshot, words),
  ];
}

const sayIn =
  (words: Words) =>
  (key: string, values?: Values): string =>
    words.say(`compliance.runs.${key}`, values);

function auditBlocks({ audits }: ComplianceSnapshot, words: Words): Block[] {
  const say = sayIn(words);
  return evidenceTable(
    { total: audits.length, rows: audits },
    words,
    {
      caption: say('by-audit'),
      columns: [
        { label: say('audit'), cell: 'text' },
        { label: say('ports'), cell: 'ports' },
        { label: say('hosts'), cell: 'number' },
        { label: say('trusted'), cell: 'number' },
        { label: say('doubted'), cell: 'number' },
        { label: say('gap'), cell: 'when' },
        { label: say('last'), cell: 'when' },
      ],
      empty: say('empty'),
    },
    (row) => [
      row.audit,
      row.ports,
      row.hosts,
      row.clean + row.drift,
      row.inconclusive + row.failed,
      row.longestGapHours === null ? say('never') : gapText(row.longestGapHours, words),
      row.lastTrusted && minuteText(row.lastTrusted),
    ],
  );
}

function countedBlocks({ runs, basis }: ComplianceSnapshot, words: Words): Block[] {
  const say = sayIn(words);
  const counted = new Set(basis);
  const rows = runs.filter(({ run }) => counted.has(run));
  return evidenceTable(
    { total: basis.length, rows },
    words,
    {
      caption: say('counted'),
      columns: [
        { label: say('run'), cell: 'text' },
        { label: say('audit'), cell: 'text' },
        { label: say('verdict'), cell: 'mark' },
        { label: say('ended'), cell: 'when' },
        { label: say('from'), cell: 'text' },
        { label: say('judged'), cell: 'when' },
        { label: say('evidence'), cell: 'when' },
      ],
      empty: say('empty'),
      most: 40,
    },
    (run) => [
      run.run,
      run.audit,
      verdictCell(run.verdict, words),
      minuteText(run.finishedAt),
      run.vantage,
      judgedText(run.coverage, words),
      run.snapshotSha256 && `${run.snapshotSha256.slice(0, 12)}…`,
    ],
  );
}

const judgedText = ({ expected, unknown }: Coverage, words: Words): string =>
  words.say('evidence.of', { count: expected - unknown, of: expected });

function doubtfulBlocks({ doubtful }: ComplianceSnapshot, words: Words): Block[] {
  const say = sayIn(words);
  return evidenceTable(
    doubtful,
    words,
    {
      caption: say('doubtful'),
      columns: [
        { label: say('run'), cell: 'text' },
        { label: say('audit'), cell: 'text' },
        { label: say('verdict'), cell: 'mark' },
        { label: say('ended'), cell: 'when' },
        { label: say('because'), cell: 'text' },
      ],
      empty: say('none-doubtful'),
      most: 30,
    },
    ({ run, audit, verdict, finishedAt, because }) => [
      run,
      audit,
      verdictCell(verdict, words),
      minuteText(finishedAt),
      because,
    ],
  );
}
