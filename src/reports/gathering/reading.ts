/*
 * What sources of reports read from: the database, asked for lists of rows. Every answer comes as JSON, made by the database, so that one
 * who reads in a thread of their own and one who reads here are told the same: times are texts, and so are numbers beyond 2^53.
 *
 * The trap: rows cross the service's event loop as one text. Whoever reads many asks for some thousands at a time.
 */
export interface Rows {
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

export interface Reading extends Rows {
  /** All that is read by its rows is as of one moment. Nothing else may be read meanwhile: an embedded database has one connection. */
  asOfOneMoment<T>(read: (rows: Rows) => Promise<T>): Promise<T>;
}

/** Asks for texts; each answer is that of `asJson`. */
export interface Desk {
  answer(question: DeskQuestion): Promise<string>;
}

export type DeskQuestion =
  | { readonly ask: 'rows'; readonly sql: string; readonly parameters: readonly unknown[] }
  | { readonly ask: 'begin' }
  | { readonly ask: 'end' };

/** As one text. A sorted query is aggregated in its order (PostgreSQL manual, chapter 9.21). */
export const asJson = (sql: string): string =>
  `select coalesce(json_agg(told), '[]')::text as json from (${sql}) as told`;

/** Reads at a desk, which may be in another thread. */
export function readingAt(desk: Desk): Reading {
  const query = async <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
    JSON.parse(await desk.answer({ ask: 'rows', sql, parameters })) as Row[];
  return {
    query,
    async asOfOneMoment(read) {
      await desk.answer({ ask: 'begin' });
      try {
        return await read({ query });
      } finally {
        await desk.answer({ ask: 'end' });
      }
    },
  };
}
