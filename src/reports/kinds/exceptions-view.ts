/*
 * The pages of a register of exceptions: what needs a hand, every exception, those that ended, and how the numbers tie out. Pure.
 */

import {
  type EndedException,
  EXCEPTION_STATES,
  type ExceptionEvidence,
  type ExceptionState,
  type ExceptionsSnapshot,
} from '../../domain/report/exceptions/exceptions.js';
import { askedWith } from '../drawing/asked-with.js';
import type { Bearing, Block, Cell, ReportDocument, Section } from '../drawing/document.js';
import type { Values, Words } from '../drawing/words.js';
import {
  dayText,
  evidenceTable,
  kindText,
  minuteText,
  ownerText,
  type Sum,
  scopesTable,
  subjectText,
  totalsTable,
} from './evidence-blocks.js';

const BEARINGS: Readonly<Record<ExceptionsSnapshot['word'], Bearing>> = {
  current: 'clean',
  expired: 'drift',
  doubtful: 'inconclusive',
};

const STATE_MARKS: Readonly<Record<ExceptionState, string>> = {
  ...{ ended: 'drift', soon: 'medium', unseen: 'unknown', idle: 'low', holds: 'match' },
};

/** Every exception is shown, up to a register of so many: it is what the report is. */
const EXCEPTIONS_SHOWN = 2000;
const ENDED_SHOWN = 300;

type Say = (key: string, values?: Values) => string;
const sayIn =
  (words: Words): Say =>
  (key, values) =>
    words.say(`exceptions.${key}`, values);

export function exceptionsDocument(snapshot: ExceptionsSnapshot, words: Words): ReportDocument {
  const { parameters, period, tallies, inventory, word } = snapshot;
  const { states, ended } = tallies;
  const say = sayIn(words);
  return {
    title: parameters.title ?? say('title'),
    subject: subjectText(parameters, say('everything')),
    bearing: BEARINGS[word],
    word: say(`word.${word}`),
    means: say(`means.${word}`),
    because: say('because', { count: tallies.all, ...states }),
    facts: [
      { label: say('facts.day'), main: words.day(period.to), small: words.instant(period.until) },
      {
        label: say('facts.inventory'),
        main: say('facts.version', { version: inventory.version ?? '–' }),
        small: say('facts.hash', { sha: inventory.sha256.slice(0, 16) }),
      },
      {
        label: say('facts.ended'),
        main: words.number(ended.all),
        small: say('facts.ended-small', {
          ...{ expired: ended.expired, withdrawn: ended.withdrawn, resolved: ended.resolved },
        }),
      },
    ],
    parameters: askedWith({ ...parameters, from: period.from, to: period.to }, words, [
      ...(['period', 'audits', 'scope', 'owner', 'tags'] as const),
    ]),
    tiles: [
      ...(['ended', 'soon', 'idle'] as const).map((state) => ({
        count: states[state],
        of: tallies.all,
        label: say(`tiles.${state}`),
      })),
      { count: tallies.all, of: null, label: say('tiles.all') },
    ],
    sections: [
      summary(snapshot, words),
      list(snapshot, words),
      endedOnes(snapshot, words),
      tyingOut(snapshot, words),
    ],
  };
}

function summary({ tallies }: ExceptionsSnapshot, words: Words): Section {
  const say = sayIn(words);
  const { states, sources, accepted, covered } = tallies;
  return {
    id: 'summary',
    title: say('summary.title'),
    intro: say('summary.intro'),
    startsPage: false,
    blocks: [
      {
        block: 'bars',
        caption: say('summary.by-state'),
        rows: EXCEPTION_STATES.map((state) => ({
          label: say(`state.${state}`),
          parts: [{ fill: STATE_MARKS[state], label: say(`state.${state}`), count: states[state] }],
        })),
      },
      {
        block: 'list',
        items: [
          say('summary.review', { count: tallies.reviewDue }),
          say('summary.without-end', { count: tallies.withoutEnd }),
          say('summary.without-requester', { count: tallies.withoutRequester }),
          say('summary.own-approver', { count: tallies.ownApprover }),
          say('summary.accepted', { accepted, covered, byHand: sources.finding }),
        ],
      },
      { block: 'text', text: say('summary.idle-means'), tone: 'note' },
    ],
  };
}

const stateCell = (state: ExceptionState, words: Words): Cell => ({
  mark: STATE_MARKS[state],
  text: words.say(`exceptions.state.${state}`),
});

function list(snapshot: ExceptionsSnapshot, words: Words): Section {
  const say = sayIn(words);
  return {
    id: 'exceptions',
    title: say('list.title'),
    intro: say('list.intro'),
    startsPage: true,
    blocks: evidenceTable(
      snapshot.exceptions,
      words,
      {
        columns: [
          { label: say('list.state'), cell: 'mark' },
          { label: words.say('evidence.host'), cell: 'text' },
          { label: say('list.ports'), cell: 'ports' },
          { label: say('list.reason'), cell: 'text' },
          { label: say('list.approved'), cell: 'text' },
          { label: say('list.since'), cell: 'when' },
          { label: say('list.until'), cell: 'when' },
          { label: say('list.covers'), cell: 'text' },
        ],
        empty: say('list.empty'),
        most: EXCEPTIONS_SHOWN,
      },
      (row) => exceptionCells(row, words),
    ),
  };
}

function exceptionCells(row: ExceptionEvidence, words: Words): Cell[] {
  const say = sayIn(words);
  const owner = ownerText(row.owner, words);
  const isNamed = row.address !== null && row.address !== row.host;
  return [
    stateCell(row.state, words),
    { text: row.host, small: isNamed ? `${row.address}, ${owner}` : owner },
    portsCell(row, words),
    row.reason,
    {
      text: row.approvedBy ?? words.say('evidence.not-recorded'),
      small: row.requestedBy === null ? say('list.not-asked') : say('list.asked', { name: row.requestedBy }),
    },
    row.since === null
      ? null
      : row.sinceIsExact
        ? dayText(row.since)
        : say('list.before', { day: dayText(row.since) }),
    untilCell(row, words),
    row.covers === null ? say('source.finding') : words.number(row.covers),
  ];
}

function whereText(
  { host, address, ports }: Pick<ExceptionEvidence, 'host' | 'address' | 'ports'>,
  words: Words,
): string {
  const name = address === null || address === host ? host : `${host} (${address})`;
  return `${name}: ${ports === '' ? words.say('exceptions.list.whole-host') : ports}`;
}

function portsCell({ ports, kind }: ExceptionEvidence, words: Words): Cell {
  const text = ports === '' ? words.say('exceptions.list.whole-host') : ports;
  return kind === null ? text : { text, small: kindText(kind, words) };
}

/** With the day on which it has to be looked at again, where that is another. */
function untilCell({ until, daysLeft, reviewBy }: ExceptionEvidence, words: Words): Cell {
  const say = sayIn(words);
  const review = reviewBy === null || reviewBy === until ? '' : say('list.review', { day: reviewBy });
  if (until === null) return { text: say('list.no-end'), small: review };
  return {
    text: until,
    small: [leftText(daysLeft ?? 0, words), review].filter((one) => one !== '').join('; '),
  };
}

function leftText(days: number, words: Words): string {
  return days < 0
    ? words.say('exceptions.list.over', { days: -days })
    : words.say('exceptions.list.left', { days });
}

function endedOnes({ ended, versionsUnread }: ExceptionsSnapshot, words: Words): Section {
  const say = sayIn(words);
  const unread: Block[] =
    versionsUnread === undefined
      ? []
      : [{ block: 'text', text: say('ended.unread', { count: versionsUnread }), tone: 'note' }];
  return {
    id: 'ended',
    title: say('ended.title'),
    intro: say('ended.intro'),
    startsPage: false,
    blocks: [
      ...evidenceTable(
        ended,
        words,
        {
          columns: [
            { label: say('ended.at'), cell: 'when' },
            { label: say('list.where'), cell: 'ports' },
            { label: say('ended.how'), cell: 'text' },
            { label: say('ended.by'), cell: 'text' },
            { label: say('ended.why'), cell: 'text' },
          ],
          empty: say('ended.empty'),
          most: ENDED_SHOWN,
        },
        (row: EndedException) => [
          minuteText(row.at),
          { text: whereText(row, words), small: say(`source.${row.source}`) },
          say(`ended.hows.${row.how}`),
          row.by,
          row.why,
        ],
      ),
      ...unread,
    ],
  };
}

function tyingOut(snapshot: ExceptionsSnapshot, words: Words): Section {
  const { tallies } = snapshot;
  const { states, sources, accepted, covered, ended } = tallies;
  const sum = (name: string, parts: Values, all: number): Sum => [
    words.say(`exceptions.totals.${name}`),
    words.say(`exceptions.totals.${name}-parts`, parts),
    all,
  ];
  const listed = (name: string, { total, rows }: ExceptionsSnapshot['ended' | 'exceptions']): Sum => [
    words.say(`exceptions.totals.${name}`),
    words.say('exceptions.totals.listed-parts', { listed: rows.length, left: total - rows.length }),
    total,
  ];
  const blocks: Block[] = [
    totalsTable(
      [
        sum('states', states, tallies.all),
        sum('sources', sources, tallies.all),
        sum('accepted', { covered, finding: sources.finding }, accepted),
        sum(
          'ended',
          { expired: ended.expired, withdrawn: ended.withdrawn, resolved: ended.resolved },
          ended.all,
        ),
        listed('listed', snapshot.exceptions),
        listed('ended-listed', snapshot.ended),
      ],
      words,
    ),
    { block: 'heading', text: words.say('compliance.tables.scopes') },
    ...scopesTable(snapshot, words),
  ];
  return {
    id: 'totals',
    title: words.say('compliance.totals.title'),
    intro: words.say('compliance.totals.intro'),
    startsPage: false,
    blocks,
  };
}
