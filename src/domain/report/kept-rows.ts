/*
 * A table of evidence, cut where a snapshot would grow too large: as many of the first rows as fit, and how many there are. Pure. What
 * is counted is counted before, of all of them.
 */
export interface KeptRows<Row> {
  readonly total: number;
  readonly rows: readonly Row[];
}

/** A snapshot is kept, hashed and drawn as one text: the tables of one report together stay below 50 MB. */
export const MOST_BYTES = {
  services: 12_000_000,
  findings: 12_000_000,
  accepted: 6_000_000,
  fixed: 5_000_000,
  runs: 6_000_000,
  doubtful: 3_000_000,
  versions: 2_000_000,
  reviews: 2_000_000,
  exceptions: 24_000_000,
  ended: 12_000_000,
  moved: 12_000_000,
} as const;

/** @param total where there are more than were given */
export function keptRows<Row>(rows: readonly Row[], mostBytes: number, total = rows.length): KeptRows<Row> {
  let bytes = 0;
  let kept = 0;
  for (const row of rows) {
    // Most text is ASCII; three bytes a character is the worst that UTF-8 makes of one.
    const text = JSON.stringify(row);
    bytes += (/^[\x20-\x7e]*$/.test(text) ? text.length : 3 * text.length) + 1;
    if (bytes > mostBytes) break;
    kept++;
  }
  return { total, rows: kept === rows.length ? rows : rows.slice(0, kept) };
}
