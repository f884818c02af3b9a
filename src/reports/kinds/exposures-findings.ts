/*
 * What an exposure report says of findings: what has to be put right, and what to do about it; then what somebody has accepted, and what
 * nobody has confirmed. Pure.
 */
import { DRIFT_KINDS, SEVERITIES } from '../../domain/drift.js';
import type { ExposureFinding, ExposuresSnapshot } from '../../domain/report/exposure/exposures.js';
import type { BarsBlock, Block, Section, TableBlock } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';
import { cutRows, dayOfInstant, ownerNames, placeCell } from './told-rows.js';

const ROWS_MOST = 1000;

export function findingsSections(snapshot: ExposuresSnapshot, words: Words): Section[] {
  const say: Words['say'] = (key, values) => words.say(`exposures.findings.${key}`, values);
  const { findings } = snapshot;
  const toDo = findings.filter(({ state }) => state === 'open' || state === 'acknowledged');
  const accepted = findings.filter(({ state }) => state === 'accepted');
  const suspected = findings.filter(({ state }) => state === 'suspected');
  const todo: Section = {
    id: 'findings',
    title: say('title'),
    intro: toDo.length > 0 ? say('intro') : null,
    startsPage: false,
    blocks: [
      ...(toDo.length > 0 ? [kindBars(toDo, say, words)] : []),
      ...table(toDo, snapshot, words, { caption: null, empty: emptyOf(snapshot, say) }),
      ...adviceOn(toDo, say, words),
    ],
  };
  const others = [
    ...(accepted.length > 0 ? table(accepted, snapshot, words, { caption: say('accepted'), empty: '' }) : []),
    ...(suspected.length > 0
      ? table(suspected, snapshot, words, { caption: say('suspected'), empty: '' })
      : []),
  ];
  if (others.length === 0) return [todo];
  return [
    todo,
    { id: 'others', title: say('others'), intro: say('others-intro'), startsPage: false, blocks: others },
  ];
}

/** Nothing was found, which is something else than nothing could be. */
const emptyOf = ({ looks }: ExposuresSnapshot, say: Words['say']): string =>
  say(looks.length === 0 ? 'none-seen' : 'none');

function kindBars(findings: readonly ExposureFinding[], say: Words['say'], words: Words): BarsBlock {
  return {
    block: 'bars',
    caption: say('by-kind'),
    rows: DRIFT_KINDS.flatMap((kind) => {
      const its = findings.filter((one) => one.kind === kind);
      if (its.length === 0) return [];
      const parts = SEVERITIES.map((severity) => ({
        fill: severity,
        label: words.say(`severity.${severity}`),
        count: its.filter((one) => one.severity === severity).length,
      }));
      return [{ label: kind, parts }];
    }),
  };
}

function table(
  findings: readonly ExposureFinding[],
  { owners }: ExposuresSnapshot,
  words: Words,
  { caption, empty }: Pick<TableBlock, 'caption' | 'empty'>,
): Block[] {
  const say = (name: string): string => words.say(`told.column.${name}`);
  const named = ownerNames(owners);
  const isAccepted = findings[0]?.state === 'accepted';
  const { shown, rest } = cutRows(findings, ROWS_MOST, words);
  const block: TableBlock = {
    block: 'table',
    caption,
    columns: [
      { label: say('severity'), cell: 'mark' },
      { label: say('where'), cell: 'address' },
      { label: say('kind'), cell: 'text' },
      { label: say('owner'), cell: 'text' },
      { label: say(isAccepted ? 'until' : 'since'), cell: 'when' },
    ],
    rows: shown.map((one) => [
      { mark: one.severity, text: words.say(`severity.${one.severity}`) },
      ...[placeCell(one), one.service === null ? one.kind : { text: one.kind, small: one.service }],
      named(one.owner) ?? words.say('told.nobody'),
      {
        text: (isAccepted ? one.acceptedUntil : null) ?? dayOfInstant(one.firstSeen),
        small: words.say('told.by-run', { run: one.run }),
      },
    ]),
    empty,
  };
  return [block, ...rest];
}

/** Once for each way of drifting, and not for each finding. */
function adviceOn(findings: readonly ExposureFinding[], say: Words['say'], words: Words): Block[] {
  const said = new Set<string>();
  const items = findings.flatMap(({ kind, declared }) => {
    const item = words.say('told.advice', {
      kind,
      advice: words.say(`advice.${kind}`, { declared: declared ?? 'undeclared' }),
    });
    if (said.has(item)) return [];
    said.add(item);
    return [item];
  });
  if (items.length === 0) return [];
  return [
    { block: 'heading', text: say('advice') },
    { block: 'list', items },
  ];
}
