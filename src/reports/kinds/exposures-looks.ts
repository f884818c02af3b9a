/*
 * Every look of an exposure report: a row a host and run, those first that are not as declared. Pure.
 */
import { PortSet } from '../../domain/port-set.js';
import type { ExposureLook, ExposuresSnapshot } from '../../domain/report/exposure/exposures.js';
import type { Cell, Section, TableBlock } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';
import { cutRows, ownerNames } from './told-rows.js';

const LOOKS_MOST = 2000;

export function looksSection({ looks, owners }: ExposuresSnapshot, words: Words): Section {
  const say: Words['say'] = (key, values) => words.say(`exposures.looks.${key}`, values);
  const named = ownerNames(owners);
  const inOrder = [
    ...looks.filter(({ verdict }) => verdict === 'drift'),
    ...looks.filter(({ verdict }) => verdict === 'unknown'),
    ...looks.filter(({ verdict }) => verdict === 'match'),
  ];
  const { shown, rest } = cutRows(inOrder, LOOKS_MOST, words);
  const columns = [
    ['host', 'address'],
    ['owner', 'text'],
    ['outcome', 'mark'],
    ['open', 'ports'],
    ['others', 'text'],
  ] as const;
  const table: TableBlock = {
    block: 'table',
    caption: null,
    columns: columns.map(([name, cell]) => ({ label: say(`column.${name}`), cell })),
    rows: shown.map((look): Cell[] => [
      look.host === look.address ? look.address : { text: look.address, small: look.host },
      {
        text: named(look.owner) ?? words.say('told.nobody'),
        small: words.say('told.by-run', { run: look.run }),
      },
      { mark: look.verdict, text: say(`outcome.${look.verdict}`) },
      look.open === '' ? null : look.open,
      othersOf(look, say, words),
    ]),
    empty: say('none'),
  };
  const intro = looks.length > 0 ? say('intro') : null;
  return { id: 'hosts', title: say('title'), intro, startsPage: shown.length > 8, blocks: [table, ...rest] };
}

/** How many ports are in another state: their lists are in the evidence. */
function othersOf(look: ExposureLook, say: Words['say'], words: Words): string | null {
  const parts = (['closed', 'filtered', 'unreachable', 'unknown'] as const).flatMap((state) => {
    const { size } = PortSet.parse(look[state]);
    return size === 0 ? [] : [say('count', { count: size, state: words.say(`port.${state}`) })];
  });
  return parts.length > 0 ? parts.join(', ') : null;
}
