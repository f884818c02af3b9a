/*
 * The pages of a compliance report: the word of the cover, the controls at a glance, then one by one with what each is decided by, and
 * the evidence. Pure; every number is the snapshot's.
 *
 * The trap is a reader in a hurry: beside each status stands what kind of evidence it is, and below each control what is not claimed.
 */

import type { ComplianceControl, ComplianceSnapshot } from '../../domain/report/compliance/compliance.js';
import type { ControlStatus } from '../../domain/report/compliance/control-status.js';
import { wordKey } from '../../domain/report/compliance/frameworks.js';
import { askedWith } from '../drawing/asked-with.js';
import type { Bearing, Block, Cell, ReportDocument, Section } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';
import { evidenceSections } from './compliance-tables.js';
import { subjectText } from './evidence-blocks.js';

const BEARINGS: Readonly<Record<ComplianceSnapshot['word'], Bearing>> = {
  supported: 'clean',
  contradicted: 'drift',
  unproven: 'inconclusive',
};

const STATUS_MARKS: Readonly<Record<ControlStatus, string>> = {
  supported: 'match',
  partly: 'medium',
  unproven: 'unknown',
  contradicted: 'drift',
};

export function complianceDocument(snapshot: ComplianceSnapshot, words: Words): ReportDocument {
  const { parameters, period, controls, tallies, inventory, word } = snapshot;
  const { runs } = tallies;
  const say = (key: string, values?: Readonly<Record<string, string | number>>): string =>
    words.say(`compliance.${key}`, values);
  const framework = words.say(`${frameworkKey(snapshot)}.name`);
  const count = (status: ControlStatus): number =>
    controls.filter((control) => control.status === status).length;
  const counts = {
    ...{ supported: count('supported'), partly: count('partly') },
    ...{ unproven: count('unproven'), contradicted: count('contradicted') },
  };
  const trusted = runs.clean + runs.drift;
  return {
    title: parameters.title ?? say('title'),
    subject: say('of', { framework, subject: subjectText(parameters, say('everything')) }),
    bearing: BEARINGS[word],
    word: say(`word.${word}`),
    means: say(`means.${word}`),
    because: say('because', { controls: controls.length, ...counts, runs: trusted }),
    facts: [
      {
        label: say('facts.period'),
        main: `${period.from} – ${period.to}`,
        small: words.say('evidence.days', { count: period.days }),
      },
      {
        label: say('facts.runs'),
        main: words.number(trusted),
        small: say('facts.doubtful', { count: runs.inconclusive + runs.failed }),
      },
      {
        label: say('facts.inventory'),
        main: say('facts.version', { version: inventory.version ?? '–' }),
        small: say('facts.hash', { sha: inventory.sha256.slice(0, 16) }),
      },
    ],
    parameters: askedWith({ ...parameters, framework, from: period.from, to: period.to }, words, [
      ...(['framework', 'period', 'audits', 'scope', 'owner', 'tags'] as const),
    ]),
    tiles: (['contradicted', 'unproven', 'partly', 'supported'] as const).map((status) => ({
      count: counts[status],
      of: controls.length,
      label: say(`tiles.${status}`),
    })),
    sections: [atAGlance(snapshot, words), oneByOne(snapshot, words), ...evidenceSections(snapshot, words)],
  };
}

const frameworkKey = ({ framework }: Pick<ComplianceSnapshot, 'framework'>): string =>
  `frameworks.${wordKey(framework)}`;

function statusCell(status: ControlStatus, words: Words): Cell {
  return { mark: STATUS_MARKS[status], text: words.say(`compliance.status.${status}`) };
}

function atAGlance(snapshot: ComplianceSnapshot, words: Words): Section {
  const say = (key: string, values?: Readonly<Record<string, string | number>>): string =>
    words.say(`compliance.${key}`, values);
  const key = frameworkKey(snapshot);
  return {
    id: 'controls',
    title: say('at-a-glance.title'),
    intro: say('at-a-glance.intro', { about: words.say(`${key}.about`), link: snapshot.standard }),
    startsPage: false,
    blocks: [
      {
        block: 'table',
        caption: null,
        columns: [
          { label: say('at-a-glance.control'), cell: 'when' },
          { label: say('at-a-glance.asks'), cell: 'text' },
          { label: say('at-a-glance.status'), cell: 'mark' },
          { label: say('at-a-glance.decided'), cell: 'text' },
        ],
        rows: snapshot.controls.map((control) => [
          control.id,
          {
            text: words.say(`${key}.controls.${wordKey(control.id)}.title`),
            small: say('at-a-glance.role', { role: say(`role.${control.role}`) }),
          },
          statusCell(control.status, words),
          decidedBy(control, words),
        ]),
        empty: '',
      },
      { block: 'heading', text: say('read.title') },
      {
        block: 'list',
        items: ['contradicted', 'unproven', 'partly', 'supported', 'trust'].map((one) => say(`read.${one}`)),
      },
      { block: 'text', text: say('read.not-compliance'), tone: 'plain' },
    ],
  };
}

/** The first condition that makes it what it is, with its number. */
function decidedBy({ role, status, conditions }: ComplianceControl, words: Words): Cell {
  const say = (key: string, values?: Readonly<Record<string, string | number>>): string =>
    words.say(`compliance.${key}`, values);
  const weights = {
    contradicted: ['against'],
    unproven: ['basis'],
    partly: ['basis', 'whole'],
    supported: [],
  };
  const decisive = conditions.filter(
    ({ weight, outcome }) =>
      (weights[status] as string[]).includes(weight) &&
      (status === 'unproven' ? outcome === 'fails' : outcome !== 'holds'),
  );
  const [first] = decisive;
  if (!first) return say(`at-a-glance.${role === 'rescan' ? 'only-rescan' : 'nothing-wrong'}`);
  const more = decisive.length === 1 ? '' : `; ${say('at-a-glance.more', { count: decisive.length - 1 })}`;
  return {
    text: say(`condition.${first.id}`),
    small: `${say(`each.outcome.${first.outcome}`)}: ${countedText(first, words)}${more}`,
  };
}

function countedText({ count, of }: ComplianceControl['conditions'][number], words: Words): string {
  if (of !== null) return words.say('compliance.each.share', { count, of });
  return count === 0
    ? words.say('compliance.each.none-against')
    : words.say('compliance.each.against', { count });
}

function oneByOne(snapshot: ComplianceSnapshot, words: Words): Section {
  return {
    id: 'each',
    title: words.say('compliance.each.title'),
    intro: words.say('compliance.each.intro'),
    startsPage: true,
    blocks: snapshot.controls.flatMap((control) => controlBlocks(snapshot, control, words)),
  };
}

const OUTCOME_MARKS = { holds: 'match', 'in-part': 'medium', fails: 'unknown' } as const;

function controlBlocks(snapshot: ComplianceSnapshot, control: ComplianceControl, words: Words): Block[] {
  const say = (key: string, values?: Readonly<Record<string, string | number>>): string =>
    words.say(`compliance.each.${key}`, values);
  const about = `${frameworkKey(snapshot)}.controls.${wordKey(control.id)}`;
  const tables = control.tables.map((table) => words.say(`compliance.tables.${table}`)).join(', ');
  return [
    { block: 'heading', text: say('heading', { id: control.id, title: words.say(`${about}.title`) }) },
    { block: 'text', text: words.say(`${about}.asks`), tone: 'plain' },
    {
      block: 'table',
      caption: say('status', {
        status: words.say(`compliance.status.${control.status}`),
        role: words.say(`compliance.role.${control.role}`),
        means: words.say(`compliance.role-means.${control.role}`),
      }),
      columns: [
        { label: say('decided'), cell: 'mark' },
        { label: say('condition'), cell: 'text' },
        { label: say('counted'), cell: 'when' },
        // A single word, which does not break.
        { label: say('weight'), cell: 'mark' },
      ],
      rows: control.conditions.map((one) => [
        {
          mark: one.weight === 'against' && one.outcome === 'fails' ? 'drift' : OUTCOME_MARKS[one.outcome],
          text: say(`outcome.${one.outcome}`),
        },
        words.say(`compliance.condition.${one.id}`),
        countedText(one, words),
        say(`weights.${one.weight}`),
      ]),
      empty: '',
    },
    { block: 'text', text: say('rows', { tables }), tone: 'plain' },
    { block: 'text', text: say('never', { never: words.say(`${about}.never`) }), tone: 'note' },
  ];
}
