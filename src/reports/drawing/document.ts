/*
 * A report as pages: a cover, a row of large numbers, sections made of a few kinds of block. What a kind has to say it says with these
 * (kinds/<kind>-view.ts), and one set of templates draws them, so that all reports look alike and each wording has one place.
 *
 * The promise: `word` and `tiles` are what `portolan verify` looks for on the pages, so that they are counted from the snapshot and from
 * nothing else.
 */

/** How the compass on the cover stands: on the mark, off it, not to be seen, broken. */
export type Bearing = 'clean' | 'drift' | 'inconclusive' | 'failed';

export interface ReportDocument {
  readonly title: string;
  /** What or whom it tells of, below the title. */
  readonly subject: string;
  readonly bearing: Bearing;
  /** One word, the largest of the cover. */
  readonly word: string;
  readonly means: string;
  readonly because: string;
  /** Three, at the foot of the cover. */
  readonly facts: ReadonlyArray<{ readonly label: string; readonly main: string; readonly small: string }>;
  /** All that it was asked for with, for the cover: what was not narrowed down is said to be all. */
  readonly parameters: ReadonlyArray<{ readonly label: string; readonly value: string }>;
  readonly tiles: readonly Tile[];
  readonly sections: readonly Section[];
}

export interface Tile {
  readonly count: number;
  /** Of how many. */
  readonly of: number | null;
  readonly label: string;
  /** The one that the verdict is about; the first, where none says so. */
  readonly isMain?: boolean;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly intro: string | null;
  readonly startsPage: boolean;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly block: 'heading'; readonly text: string }
  | { readonly block: 'text'; readonly text: string; readonly tone: 'plain' | 'note' }
  | { readonly block: 'list'; readonly items: readonly string[] }
  | TableBlock
  | BarsBlock
  | TrendBlock
  | SignBlock;

export type CellKind = 'text' | 'address' | 'number' | 'when' | 'mark' | 'ports';

export interface TableBlock {
  readonly block: 'table';
  readonly caption: string | null;
  readonly columns: ReadonlyArray<{ readonly label: string; readonly cell: CellKind }>;
  readonly rows: ReadonlyArray<readonly Cell[]>;
  /** Said where there are no rows. */
  readonly empty: string;
}

/** A string is written as it is; null as a dash; `mark` is a name of report/marks.hbs: a severity, or match, drift, unknown. */
export type Cell =
  | string
  | number
  | null
  | { readonly mark: string; readonly text: string }
  | { readonly text: string; readonly small: string }
  /** Each on a line of its own. */
  | { readonly lines: readonly string[] };

/** One bar a row, in parts that are drawn like severities. */
export interface BarsBlock {
  readonly block: 'bars';
  readonly caption: string;
  readonly rows: ReadonlyArray<{
    readonly label: string;
    readonly parts: ReadonlyArray<{ readonly fill: string; readonly label: string; readonly count: number }>;
  }>;
}

/** Counts over days or weeks: columns up for `risen`, down for `fallen`, a line for what stood at each end. */
export interface TrendBlock {
  readonly block: 'trend';
  readonly caption: string;
  readonly labels: { readonly risen: string; readonly fallen: string; readonly standing: string };
  readonly points: ReadonlyArray<{
    readonly at: string;
    readonly risen: number;
    readonly fallen: number;
    /** Null where nothing trustworthy was seen. */
    readonly standing: number | null;
  }>;
}

/** A place to sign: by hand where nobody has, else who has and when. */
export interface SignBlock {
  readonly block: 'sign';
  readonly statement: string;
  readonly signed: { readonly by: string; readonly at: string; readonly comment: string | null } | null;
  readonly labels: { readonly name: string; readonly date: string; readonly signature: string };
}
