/*
 * The steps of a run's path, each by the row that it leaves behind. A step counts from then on, also where the next has
 * followed at once: the harness looks every few milliseconds, and the service does not wait to be looked at.
 *
 * Some rows come in one transaction (the findings, their first event and the order to look again; the second event and
 * the end of the comparison): killed there, the service has all of them or none.
 */
export interface Failpoint {
  readonly name: string;
  readonly sql: string;
  /** It is about the report, and needs a browser to print it. */
  readonly prints?: true;
}

const runIn = (...states: string[]): string =>
  `select from run where state in (${states.map((state) => `'${state}'`).join(', ')})`;

export const FAILPOINTS: readonly Failpoint[] = [
  { name: 'a run', sql: 'select from run' },
  { name: 'a look of the gate', sql: 'select from gate_look' },
  { name: 'a scan', sql: 'select from scan' },
  { name: 'a shard leased', sql: `select from shard where state <> 'waiting'` },
  { name: 'something logged', sql: 'select from shard_log union all select from observed_host' },
  {
    name: 'the run scanned',
    sql: `${runIn('scanned', 'observed', 'compared', 'finished')} union all select from scan where round = 1`,
  },
  { name: 'a host observed', sql: 'select from observed_host' },
  {
    name: 'the run observed',
    sql: `${runIn('observed', 'compared', 'finished')} union all select from scan where round = 1`,
  },
  { name: 'a finding', sql: 'select from finding' },
  { name: 'a scan of round 1', sql: 'select from scan where round = 1' },
  { name: 'a finding opened', sql: `select from finding_event where to_state = 'open'` },
  { name: 'the run compared', sql: runIn('compared', 'finished') },
  { name: 'a report', sql: 'select from report', prints: true },
  { name: 'the report printed', sql: 'select from report where pdf is not null', prints: true },
];

const DAY_MS = 86_400_000;

/** So many of them, other ones each day, until all have had their turn. */
export function failpointsOfDay(now: Date, count: number): readonly Failpoint[] {
  const first = Math.floor(now.getTime() / DAY_MS) * count;
  return Array.from({ length: count }, (_, i) => FAILPOINTS[(first + i) % FAILPOINTS.length]!);
}
