/*
 * What an exposure report rests on: the run of each audit that it tells of, how old that is, and the hash of its evidence. Where an
 * audit's last run is another one, that run stands beside it, and why it is not told of. Pure.
 */
import type { AuditStanding, ExposuresSnapshot } from '../../domain/report/exposure/exposures.js';
import type { SourceRun } from '../../domain/report/head.js';
import type { Block, Cell, Section, TableBlock } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';
import { spanText } from './told-rows.js';

export function runsSection(snapshot: ExposuresSnapshot, words: Words): Section {
  const say: Words['say'] = (key, values) => words.say(`exposures.runs.${key}`, values);
  const { audits, runs } = snapshot;
  const told = runs.filter(({ run }) => audits.some((audit) => audit.run === run));
  const columns = ['audit', 'run', 'verdict', 'ended', 'from', 'hosts'].map((name) => say(`column.${name}`));
  const cells = ['text', 'number', 'mark', 'when', 'text', 'number'] as const;
  const table: TableBlock = {
    block: 'table',
    caption: null,
    columns: columns.map((label, at) => ({ label, cell: cells[at]! })),
    rows: audits.flatMap((audit) => rowsOf(audit, snapshot, words)),
    empty: say('none'),
  };
  return {
    id: 'runs',
    title: say('title'),
    intro: say('intro'),
    startsPage: false,
    blocks: [table, ...audits.flatMap((audit) => doubtOf(audit, snapshot, words)), evidenceOf(told, say)],
  };
}

function rowsOf(audit: AuditStanding, { runs, madeAt }: ExposuresSnapshot, words: Words): Cell[][] {
  const row = (run: SourceRun, hosts: Cell): Cell[] => [
    ...[audit.audit, run.run, verdictCell(run, words)],
    {
      text: words.instant(run.finishedAt).slice(0, 16),
      small: words.say('told.before', {
        span: spanText(Date.parse(madeAt) - Date.parse(run.finishedAt), words),
      }),
    },
    ...[run.vantage, hosts],
  ];
  const of = (id: string | null): SourceRun | undefined => runs.find(({ run }) => run === id);
  const told = of(audit.run);
  const last = audit.last === audit.run ? undefined : of(audit.last);
  const shown = words.say('exposures.runs.hosts', { hosts: audit.hosts, of: audit.of });
  const rows = [
    ...(last ? [row(last, words.say('exposures.runs.not-told'))] : []),
    ...(told ? [row(told, shown)] : []),
  ];
  return rows.length > 0 ? rows : [[audit.audit, null, verdictCell(null, words), null, null, null]];
}

function verdictCell(run: SourceRun | null, words: Words): Cell {
  if (run === null) return { mark: 'unknown', text: words.say('exposures.runs.never') };
  const mark = run.verdict === 'clean' ? 'match' : run.verdict === 'drift' ? 'drift' : 'unknown';
  return { mark, text: words.say(`verdict.${run.verdict}`) };
}

function doubtOf(audit: AuditStanding, { runs, madeAt }: ExposuresSnapshot, words: Words): Block[] {
  if (audit.last !== null && audit.last === audit.run) return [];
  const say = (key: string, values: Record<string, string>): Block[] => [
    { block: 'text', tone: 'plain', text: words.say(`exposures.runs.${key}`, values) },
  ];
  const told = runs.find(({ run }) => run === audit.run);
  const because = audit.because ?? words.say('exposures.runs.no-reason');
  if (audit.last === null) return say('never-ran', { audit: audit.audit });
  const about = { audit: audit.audit, last: audit.last, because };
  if (!told) return say('none-trusted', about);
  const age = spanText(Date.parse(madeAt) - Date.parse(told.finishedAt), words);
  return say('stale', { ...about, run: told.run, age });
}

function evidenceOf(runs: readonly SourceRun[], say: Words['say']): TableBlock {
  return {
    block: 'table',
    caption: say('evidence'),
    columns: [
      { label: say('column.run'), cell: 'number' },
      { label: say('column.sha256'), cell: 'address' },
    ],
    rows: runs.map((one) => [one.run, one.snapshotSha256]),
    empty: say('no-evidence'),
  };
}
