/*
 * Tables of evidence as pages show them: the first rows, and of the rest how many there are and where. What is cut is said, so that a
 * page never looks like the whole. Pure.
 */
import type { DriftKind, Severity } from '../../domain/drift.js';
import type { KeptRows } from '../../domain/report/kept-rows.js';
import type { Block, Cell, TableBlock } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';

/** Two pages or so of each table: what is needed to see what it is, and the rest is in the evidence. */
const ROWS_SHOWN = 60;

interface Columns {
  readonly caption?: string;
  readonly columns: TableBlock['columns'];
  readonly empty: string;
  readonly most?: number;
}

/** The table, and below it what it does not show. */
export function evidenceTable<Row>(
  { total, rows }: KeptRows<Row>,
  words: Words,
  { caption, columns, empty, most = ROWS_SHOWN }: Columns,
  cells: (row: Row) => readonly Cell[],
): Block[] {
  const shown = rows.slice(0, most);
  const blocks: Block[] = [
    { block: 'table', caption: caption ?? null, columns, rows: shown.map(cells), empty },
  ];
  const rest = (key: string, count: number): void => {
    if (count > 0) blocks.push({ block: 'text', text: words.say(key, { count }), tone: 'note' });
  };
  rest('evidence.more', rows.length - shown.length);
  rest('evidence.cut', total - rows.length);
  return blocks;
}

/** `127.0.0.2:8080`, `[::1]:22`; the host's name where there is no address. */
export function whereCell(
  { host, address, port }: { host: string; address: string | null; port: number | null },
  owner: string,
): Cell {
  const at = address === null ? null : address.includes(':') && port !== null ? `[${address}]` : address;
  const text = `${at ?? host}${port === null ? '' : `:${port}`}`;
  const name = address === null || host === address ? '' : `${host}, `;
  return { text, small: `${name}${owner}` };
}

export const ownerText = (owner: string | null, words: Words): string =>
  owner === null ? words.say('evidence.no-owner') : words.say('evidence.owner', { owner });

export const severityCell = (severity: Severity, words: Words): Cell => ({
  mark: severity,
  text: words.say(`severity.${severity}`),
});

export const kindText = (kind: DriftKind, words: Words): string => words.say(`evidence.kinds.${kind}`);

/** `2026-11-28`, in every language: tables are read down. */
export const dayText = (iso: string): string => iso.slice(0, 10);

/** `2026-11-28 09:15`. */
export const minuteText = (iso: string): string => new Date(iso).toISOString().slice(0, 16).replace('T', ' ');

export function gapText(hours: number, words: Words): string {
  return hours < 48
    ? words.say('evidence.hours', { count: Math.ceil(hours) })
    : words.say('evidence.days', { count: Math.ceil(hours / 24) });
}

/** What, its parts in words, and their sum. */
export type Sum = readonly [what: string, parts: string, sum: number];

export function totalsTable(sums: readonly Sum[], words: Words): Block {
  const column = (key: string, cell: TableBlock['columns'][number]['cell']) => ({
    label: words.say(`compliance.totals.${key}`),
    cell,
  });
  return {
    block: 'table',
    caption: null,
    columns: [column('what', 'text'), column('parts', 'text'), column('sum', 'number')],
    rows: sums,
    empty: '',
  };
}

/** What it is about, in a line: all, or what it was narrowed down to. */
export function subjectText(
  {
    scope,
    owner,
    tags,
    audits,
  }: { scope: string | null; owner: string | null; tags: readonly string[]; audits: readonly string[] },
  everything: string,
): string {
  const parts = [scope, owner, tags.join(', '), audits.join(', ')].filter(
    (one) => one !== null && one !== '',
  );
  return parts.length === 0 ? everything : parts.join('; ');
}

export function scopesTable(
  {
    scopes,
  }: {
    scopes: ReadonlyArray<{
      name: string;
      allow: readonly string[];
      exclude: readonly string[];
      authorisedBy: string;
      until: string | null;
    }>;
  },
  words: Words,
): Block[] {
  const say = (key: string): string => words.say(`compliance.scopes.${key}`);
  return evidenceTable(
    { total: scopes.length, rows: scopes },
    words,
    {
      columns: [
        { label: say('scope'), cell: 'text' },
        { label: say('allow'), cell: 'text' },
        { label: say('exclude'), cell: 'text' },
        { label: say('by'), cell: 'text' },
        { label: say('until'), cell: 'when' },
      ],
      empty: say('empty'),
    },
    ({ name, allow, exclude, authorisedBy, until }) => [
      name,
      listText(allow),
      exclude.length === 0 ? null : listText(exclude),
      authorisedBy,
      until ?? say('no-end'),
    ],
  );
}

const LISTED = 12;

const listText = (texts: readonly string[]): string =>
  texts.length > LISTED ? `${texts.slice(0, LISTED).join(', ')} … (${texts.length})` : texts.join(', ');
