/*
 * What the pages of a drift report say: its cover, the sheet that ties out, how long repairs took, who and what, what moved, and how the
 * audits kept watch. Pure; each number is the snapshot's own, and each word the catalogue's.
 */
import type { DriftSnapshot } from '../../domain/report/drift/drift.js';
import { askedWith } from '../drawing/asked-with.js';
import type { ReportDocument, Section } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';
import { movedSections } from './drift-moved.js';
import { partsSection, repairSection, sheetSection } from './drift-sheets.js';
import { watchSection } from './drift-watch.js';
import { inventoryFact, subjectOf } from './report-cover.js';
import { dayOfInstant, spanText } from './told-rows.js';

export function driftDocument(snapshot: DriftSnapshot, words: Words): ReportDocument {
  const { parameters, verdict, total } = snapshot;
  const say: Words['say'] = (key, values) => words.say(`drift.${key}`, values);
  const came = total.opened.open + total.reopened.open;
  return {
    title: parameters.title ?? say('title'),
    subject: subjectOf(snapshot, words),
    bearing: verdict,
    word: say(`word.${verdict}`),
    means: say(`means.${verdict}`),
    because: becauseOf(snapshot, words),
    facts: [
      periodFact(snapshot, words),
      {
        label: say('fact.runs'),
        main: say('fact.trusted', { trusted: runsOf(snapshot, ['clean', 'drift']), runs: runsOf(snapshot) }),
        small: say('fact.missed', { slots: sum(snapshot.audits.map(({ missed }) => missed)) }),
      },
      inventoryFact(snapshot.inventory, words),
    ],
    parameters: askedWith(parameters, words, ['audits', 'scope', 'owner', 'tags', 'period']),
    tiles: [
      { count: total.opening.open, of: null, label: say('tile.opening') },
      { count: came, of: null, label: say('tile.came') },
      { count: total.repaired.open, of: null, label: say('tile.repaired') },
      { count: total.closing.open, of: null, label: say('tile.closing'), isMain: true },
    ],
    sections: [
      sheetSection(snapshot, words),
      repairSection(snapshot, words),
      partsSection(snapshot, words),
      ...movedSections(snapshot, words),
      watchSection(snapshot, words),
      readingSection(say),
    ],
  };
}

function becauseOf({ total, audits, verdict }: DriftSnapshot, words: Words): string {
  const say: Words['say'] = (key, values) => words.say(`drift.because.${key}`, values);
  const parts = [say(verdict === 'clean' ? 'clean' : 'closing', { findings: total.closing.open })];
  const before = total.opening.open;
  parts.push(
    say('moved', { before, came: total.opened.open + total.reopened.open, repaired: total.repaired.open }),
  );
  const blind = audits.filter(({ lastTrusted }) => lastTrusted === null).length;
  if (audits.length === 0) parts.push(say('no-audit'));
  else if (blind > 0) parts.push(say('blind', { audits: blind, of: audits.length }));
  else if (verdict === 'inconclusive') parts.push(say('blind-at-end'));
  return parts.join(' ');
}

function periodFact({ period, madeAt }: DriftSnapshot, words: Words): ReportDocument['facts'][number] {
  const from = dayOfInstant(period.from);
  // A period ends with a day, or when the report is made.
  const to = dayOfInstant(new Date(Date.parse(period.until) - 1).toISOString());
  const main = from === to ? words.day(period.from) : words.say('parameters.from-to', { from, to });
  const isToNow = period.until === madeAt;
  const span = spanText(Date.parse(period.until) - Date.parse(period.from), words);
  const small = isToNow
    ? words.say('drift.fact.to-now', { instant: words.instant(madeAt) })
    : words.say('drift.fact.made', { span, instant: words.instant(madeAt) });
  return { label: words.say('parameters.period'), main, small };
}

function runsOf({ audits }: DriftSnapshot, verdicts = ['clean', 'drift', 'inconclusive', 'failed']): number {
  return sum(audits.flatMap((one) => verdicts.map((verdict) => one[verdict as 'clean'])));
}

function readingSection(say: Words['say']): Section {
  const items = ['steps', 'accounts', 'repaired', 'unwatched', 'owners', 'gaps'].map((key) =>
    say(`reading.${key}`),
  );
  return {
    id: 'reading',
    title: say('reading.title'),
    intro: null,
    startsPage: false,
    blocks: [{ block: 'list', items }],
  };
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
