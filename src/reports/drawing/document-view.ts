/*
 * What the templates of a document see: each block with the template that draws it, each cell with its writing, pictures as numbers. No
 * decision is left to a template. Pure.
 */
import { SEVERITIES } from '../../domain/drift.js';
import { visibleText } from '../../domain/visible-text.js';
import { swatch, texture } from '../kinds/exposure-chart.js';
import type {
  BarsBlock,
  Block,
  Cell,
  CellKind,
  ReportDocument,
  SignBlock,
  TableBlock,
  TrendBlock,
} from './document.js';
import { trendPicture } from './trend-picture.js';
import type { Words } from './words.js';

/** What is longer than any address with its port, instant or number is something else, and may wrap. */
const LONGEST: Readonly<Partial<Record<CellKind, number>>> = { address: 48, when: 24, number: 24 };
/** Longer than a word of any language: it may be broken anywhere. */
const LONG_LABEL = 40;
const BAR_WIDTH = 300;
const MARKS: readonly string[] = [...SEVERITIES, 'match', 'drift', 'unknown'];

export function documentView(document: ReportDocument, words: Words) {
  const { title, subject, bearing, word } = document;
  const main = document.tiles.find(({ isMain }) => isMain) ?? document.tiles[0];
  return {
    ...document,
    documentTitle: visibleText(`${title}: ${subject}`),
    verdict: { name: bearing },
    failed: bearing === 'failed',
    wordSize: sizeOf(word),
    coverParameters: inPairs(document.parameters),
    tiles: document.tiles.map((tile) => ({
      ...tile,
      hasWhole: tile.of !== null,
      stands: tile === main && tile.count > 0,
    })),
    sections: document.sections.map((section) => ({
      ...section,
      anchor: `part-${section.id.replace(/[^\w-]/g, '-')}`,
      blocks: section.blocks.map((block) => blockView(block, words)),
    })),
  };
}

/** A word of seventy points has a line for twelve letters. */
function sizeOf(word: string): 'large' | 'long' | 'longer' {
  const letters = Array.from(word).length;
  return letters <= 12 ? 'large' : letters <= 18 ? 'long' : 'longer';
}

function inPairs<T>(all: readonly T[]): T[][] {
  const half = Math.ceil(all.length / 2);
  return all.slice(0, half).map((one, index) => [one, ...all.slice(half + index, half + index + 1)]);
}

function blockView(block: Block, words: Words) {
  const partial = `report/blocks/${block.block}`;
  switch (block.block) {
    case 'table':
      return { ...tableView(block, words), partial };
    case 'bars':
      return { ...barsView(block, words), partial };
    case 'trend':
      return { ...trendView(block, words), partial };
    case 'sign':
      return { ...signView(block, words), partial };
    default:
      return { ...block, partial };
  }
}

function tableView({ caption, columns, rows, empty }: TableBlock, words: Words) {
  return {
    ...{ caption, empty },
    columns: columns.map(({ label, cell }) => ({
      label,
      css: `${cell === 'number' ? 'num' : ''}${label.length > LONG_LABEL ? ' long' : ''}`,
    })),
    rows: rows.map((cells, index) => {
      if (cells.length !== columns.length)
        throw new Error(`row ${index + 1} has ${cells.length} cells; expected ${columns.length}`);
      return cells.map((cell, column) => cellView(cell, columns[column]!.cell, words));
    }),
  };
}

const CSS: Readonly<Record<CellKind, string>> = {
  ...{ text: 'words', address: 'place', number: 'num', when: 'when', mark: 'outcome', ports: 'ports' },
};

function cellView(cell: Cell, kind: CellKind, words: Words) {
  const plain = {
    text: '',
    mark: null as string | null,
    small: null as string | null,
    isNothing: false,
    ports: null,
    lines: null as readonly string[] | null,
  };
  if (cell === null) return { ...plain, isNothing: true, css: CSS[kind] };
  if (typeof cell === 'number') return { ...plain, text: words.number(cell), css: CSS[kind] };
  if (typeof cell === 'object' && 'mark' in cell) {
    if (!MARKS.includes(cell.mark))
      throw new Error(`there is no mark '${cell.mark}'; expected ${MARKS.join(', ')}`);
    return { ...plain, ...cell, css: CSS[kind] };
  }
  if (typeof cell === 'object' && 'lines' in cell) return { ...plain, ...cell, css: CSS[kind] };
  const { text, small } = typeof cell === 'object' ? cell : { text: cell, small: null };
  const isLong = text.length > (LONGEST[kind] ?? Number.POSITIVE_INFINITY);
  const css = isLong ? `${CSS[kind]} wrap` : CSS[kind];
  if (kind !== 'ports' || !/^[\d,\s-]+$/.test(text)) return { ...plain, text, small, css };
  // Between two ranges a line may end, and nowhere else.
  return {
    ...plain,
    small,
    css,
    ports: { ranges: text.split(',').map((range) => range.trim()), more: null },
  };
}

function barsView({ caption, rows }: BarsBlock, words: Words) {
  const totalOf = (parts: BarsBlock['rows'][number]['parts']) =>
    parts.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(1, ...rows.map(({ parts }) => totalOf(parts)));
  const perOne = Math.min(BAR_WIDTH / most, 24);
  const labels = new Map(rows.flatMap(({ parts }) => parts.map(({ fill, label }) => [fill, label] as const)));
  return {
    caption,
    rows: rows.map(({ label, parts }) => {
      let x = 0;
      const drawn = parts.map((part) => {
        const width = round(part.count * perOne);
        const at = {
          fill: fillOf(part.fill),
          x: round(x),
          width,
          texture: texture(part.fill, x, 0.5, width, 12),
        };
        x += width;
        return at;
      });
      const split = parts
        .filter(({ count }) => count > 0)
        .map((part) => `${words.number(part.count)} ${part.label}`);
      return { label, parts: drawn, total: totalOf(parts), split: split.join(', ') };
    }),
    legend: Array.from(labels, ([fill, label]) => ({ fill: fillOf(fill), label, swatch: swatch(fill) })),
  };
}

const fillOf = (fill: string): string => fill.replace(/[^\w-]/g, '');
const round = (value: number): number => Math.round(value * 100) / 100;

function trendView(block: TrendBlock, words: Words) {
  const { caption, labels } = block;
  const picture = trendPicture(block);
  const { standing } = picture.sums;
  return {
    ...picture,
    ...{ caption, labels },
    days: picture.days.map((day) => ({
      ...day,
      plainDay: Array.from(visibleText(day.at)).slice(0, 12).join(''),
    })),
    sums: { ...picture.sums, standing: standing === null ? '–' : words.number(standing) },
  };
}

function signView({ statement, signed, labels }: SignBlock, words: Words) {
  const isInstant = signed !== null && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(signed.at);
  return {
    ...{ statement, labels },
    signed: signed === null ? null : { ...signed, at: isInstant ? words.instant(signed.at) : signed.at },
  };
}
