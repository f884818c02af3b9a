/*
 * How much an exposure report has seen: by audit as bars, and in all as a sum that can be added up on the page. Pure.
 */

import { isNarrowed } from '../../domain/report/belonging.js';
import { coverageOf, sizesOf } from '../../domain/report/exposure/exposure-counts.js';
import type { ExposureLook, ExposuresSnapshot } from '../../domain/report/exposure/exposures.js';
import type { BarsBlock, Block, TableBlock } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';

export function coverageBlocks(snapshot: ExposuresSnapshot, words: Words): Block[] {
  const say: Words['say'] = (key, values) => words.say(`exposures.coverage.${key}`, values);
  const { audits, looks, parameters } = snapshot;
  const left = audits.reduce((all, { unlisted }) => all + unlisted, 0);
  const blocks: Block[] = looks.length > 0 ? [barsOf(snapshot, say)] : [];
  blocks.push(sumOf(snapshot, say));
  if (isNarrowed(parameters) && left > 0)
    blocks.push({ block: 'text', tone: 'note', text: say('unlisted', { ports: left }) });
  return blocks;
}

function barsOf({ audits, looks, parameters }: ExposuresSnapshot, say: Words['say']): BarsBlock {
  const byAudit = new Map<string, ExposureLook[]>();
  for (const look of looks) {
    const its = byAudit.get(look.audit);
    if (its) its.push(look);
    else byAudit.set(look.audit, [look]);
  }
  const rows = audits.flatMap(({ audit, unlisted }) => {
    const its = byAudit.get(audit);
    if (!its) return [];
    const { answered, probed, unknown } = coverageOf(its);
    const part = (fill: string, count: number) => ({ fill, label: say(fill), count });
    return [
      {
        label: audit,
        parts: [
          part('answered', answered),
          part('silent', probed - answered),
          part('unknown', unknown + (isNarrowed(parameters) ? 0 : unlisted)),
        ],
      },
    ];
  });
  return { block: 'bars', caption: say('by-audit'), rows };
}

/** expected = open + closed + filtered + unreachable + unknown, each as the looks list them. */
function sumOf({ looks, totals }: ExposuresSnapshot, say: Words['say']): TableBlock {
  const sums = { open: 0, closed: 0, filtered: 0, unreachable: 0, unknown: 0 };
  for (const look of looks) {
    const sizes = sizesOf(look);
    for (const state of Object.keys(sums) as Array<keyof typeof sums>) sums[state] += sizes[state];
  }
  const row = (name: string, count: number): [string, number] => [say(`sum.${name}`), count];
  return {
    block: 'table',
    caption: say('sum.caption'),
    columns: [
      { label: say('sum.column.what'), cell: 'text' },
      { label: say('sum.column.ports'), cell: 'number' },
    ],
    rows: [
      ...Object.entries(sums).map(([name, count]) => row(name, count)),
      ...(totals.unlisted > 0 ? [row('unlisted', totals.unlisted)] : []),
      row('expected', totals.coverage.expected),
    ],
    empty: '',
  };
}
