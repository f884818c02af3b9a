/*
 * What the pages of an exposure report say: its cover, what it rests on, how much was seen, what has to be put right, every look. Pure;
 * each number is the snapshot's own, and each word the catalogue's.
 */
import type { ExposuresSnapshot } from '../../domain/report/exposure/exposures.js';
import { askedWith } from '../drawing/asked-with.js';
import type { Block, ReportDocument, Section } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';
import { coverageBlocks } from './exposures-coverage.js';
import { findingsSections } from './exposures-findings.js';
import { looksSection } from './exposures-looks.js';
import { runsSection } from './exposures-runs.js';
import { inventoryFact, subjectOf } from './report-cover.js';
import { dayOfInstant, spanText } from './told-rows.js';

export function exposuresDocument(snapshot: ExposuresSnapshot, words: Words): ReportDocument {
  const { parameters, verdict, totals } = snapshot;
  const say: Words['say'] = (key, values) => words.say(`exposures.${key}`, values);
  return {
    title: parameters.title ?? say('title'),
    subject: subjectOf(snapshot, words),
    bearing: verdict,
    word: say(`word.${verdict}`),
    means: say(`means.${verdict}`),
    because: becauseOf(snapshot, words),
    facts: factsOf(snapshot, words),
    parameters: askedWith(parameters, words, ['audits', 'scope', 'owner', 'tags', 'period']),
    tiles: [
      { count: totals.toDo, of: null, label: say('tile.to-do') },
      { count: totals.accepted, of: null, label: say('tile.accepted') },
      { count: totals.asDeclared, of: totals.hosts, label: say('tile.hosts') },
      { count: totals.coverage.unknown, of: null, label: say('tile.unknown') },
    ],
    sections: [
      runsSection(snapshot, words),
      coverageSection(snapshot, words),
      ...findingsSections(snapshot, words),
      looksSection(snapshot, words),
      readingSection(snapshot, words),
    ],
  };
}

function becauseOf(snapshot: ExposuresSnapshot, words: Words): string {
  const { verdict, totals, audits, looks } = snapshot;
  const say: Words['say'] = (key, values) => words.say(`exposures.because.${key}`, values);
  const { toDo, hosts, bySeverity, suspected, coverage } = totals;
  const told = audits.filter(({ run }) => run !== null);
  if (told.length === 0) return say('no-run', { audits: audits.length });
  const parts: string[] = [];
  if (verdict === 'drift') parts.push(say('drift', { findings: toDo, critical: bySeverity.critical }));
  if (verdict === 'clean') parts.push(say('clean', { hosts, runs: told.length }));
  if (looks.length === 0) parts.push(say('nothing'));
  if (verdict === 'inconclusive' && coverage.unknown > 0)
    parts.push(say('unknown', { unknown: coverage.unknown, expected: coverage.expected }));
  if (verdict === 'inconclusive' && suspected > 0) parts.push(say('suspected', { findings: suspected }));
  const missing = audits.length - told.length;
  if (missing > 0) parts.push(say('missing', { audits: missing }));
  const stale = told.filter(({ run, last }) => run !== last).length;
  if (stale > 0) parts.push(say('stale', { audits: stale }));
  // What keeps it from being clean is always said, also where it is none of the above.
  if (parts.length === 0) parts.push(say('hidden'));
  return parts.join(' ');
}

function factsOf(
  { madeAt, runs, audits, inventory }: ExposuresSnapshot,
  words: Words,
): ReportDocument['facts'] {
  const say: Words['say'] = (key, values) => words.say(`exposures.fact.${key}`, values);
  const told = runs.filter(({ run }) => audits.some((one) => one.run === run));
  const [oldest] = told.map(({ finishedAt }) => finishedAt).sort();
  const age = oldest === undefined ? null : Date.parse(madeAt) - Date.parse(oldest);
  return [
    { label: words.say('told.made'), main: words.day(madeAt), small: words.instant(madeAt) },
    {
      label: say('rests-on'),
      main: say('runs', { runs: told.length, audits: audits.length }),
      small: age === null ? say('no-run') : say('oldest', { age: spanText(age, words) }),
    },
    inventoryFact(inventory, words),
  ];
}

function coverageSection(snapshot: ExposuresSnapshot, words: Words): Section {
  return {
    id: 'coverage',
    title: words.say('exposures.coverage.title'),
    intro: words.say('exposures.coverage.intro'),
    startsPage: false,
    blocks: coverageBlocks(snapshot, words),
  };
}

function readingSection({ superseded, parameters, runs, madeAt }: ExposuresSnapshot, words: Words): Section {
  const say: Words['say'] = (key, values) => words.say(`exposures.reading.${key}`, values);
  const items = ['looks', 'hosts', 'findings', 'silence', 'owners'].map((key) => say(key));
  if (superseded.length > 0) items.push(say('superseded', { findings: superseded.length }));
  if (parameters.from !== null || parameters.to !== null) items.push(say('period'));
  const newest = runs
    .map(({ finishedAt }) => finishedAt)
    .sort()
    .at(-1);
  if (newest !== undefined && dayOfInstant(newest) !== dayOfInstant(madeAt))
    items.push(say('since', { newest: words.instant(newest) }));
  const list: Block = { block: 'list', items };
  return { id: 'reading', title: say('title'), intro: null, startsPage: false, blocks: [list] };
}
