/*
 * How large the tables are, indexes and long texts included, and what of it one row costs.
 */
const TABLES = [
  ...['run', 'scan', 'shard', 'observed_host', 'gate_look', 'finding', 'finding_event'],
  ...['port_interval', 'port_hour', 'history_mark', 'report'],
];

/** Rows and bytes by table, as they are once what is dead has been swept away. */
export async function tableSizes(rooms) {
  await rooms.query('vacuum (analyze)');
  const sizes = new Map();
  for (const name of TABLES) {
    const [row] = await rooms.query(
      `select (select count(*) from ${name})::float8 as rows, pg_total_relation_size('${name}')::float8 as bytes`,
    );
    sizes.set(name, row);
  }
  return sizes;
}

/** What a day has added: rows, and bytes by the mean of a row, as a table's own size moves by leaps. */
export function grown(before, after) {
  return new Map(
    Array.from(after, ([name, { rows, bytes }]) => {
      const more = rows - before.get(name).rows;
      return [name, { rows: more, bytes: bytes - before.get(name).bytes, perRow: bytes / rows }];
    }),
  );
}
