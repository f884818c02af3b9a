/*
 * Uses up what is left of PostgreSQL's log, until the server panics for want of space.
 */
import pg from 'pg';

export interface Burner {
  /** Whatever comes of it. */
  burn(): Promise<void>;
  close(): Promise<void>;
}

/** Connected while there is space: on a disk that is full the server may let nobody in. */
export async function openBurner(url: string): Promise<Burner> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', noMatter);
  await client.connect();
  const write = (bytes: number): Promise<unknown> =>
    client.query('select pg_logical_emit_message(false, $1, repeat($1, $2)), pg_switch_wal()', ['x', bytes]);
  await write(1);
  // It has gone, or is about to.
  return {
    burn: () => write(4_000_000).then(noMatter, noMatter),
    close: () => client.end().catch(noMatter),
  };
}

const noMatter = (): void => undefined;
