/*
 * Lost and doubled findings, counted against what this harness knows to be true, and each one's history: suspected once,
 * open once, and nothing else. The same question that test/db/kill.test.ts asks.
 */
import type { ExpectStatic } from 'vitest';
import type { Witness } from './witness.js';

const ONCE = [
  [null, 'suspected'],
  ['suspected', 'open'],
];

export interface Count {
  readonly lost: number;
  readonly doubled: number;
}

/** Fails with the keys where one is missing, is too many, or has lived more than one life. */
export async function checkFindings(
  expect: ExpectStatic,
  witness: Witness,
  drifts: readonly string[],
): Promise<Count> {
  const findings = await witness.query('select id, key, state from finding order by key');
  const keys = findings.map(({ key }) => key as string);
  expect(keys).toEqual(drifts);
  const events = await witness.query(
    'select finding_id, from_state, to_state from finding_event order by id',
  );
  const lives = findings.map(({ id, key }) => [
    key,
    events
      .filter((event) => event.finding_id === id)
      .map(({ from_state, to_state }) => [from_state, to_state]),
  ]);
  expect(lives).toEqual(drifts.map((key) => [key, ONCE]));
  expect(events).toHaveLength(ONCE.length * drifts.length);
  for (const finding of findings) expect(finding).toMatchObject({ state: 'open' });
  return {
    lost: drifts.filter((key) => !keys.includes(key)).length,
    doubled: keys.length - new Set(keys).size,
  };
}

/** One run a slot, and no two at once. */
export async function checkRuns(expect: ExpectStatic, witness: Witness): Promise<number> {
  const doubled = await witness.query(
    'select audit, due_at from run group by audit, due_at having count(*) > 1',
  );
  expect(doubled).toEqual([]);
  const together = await witness.query(
    `select one.id, other.id as with_id from run one join run other on other.audit = one.audit and other.id > one.id
     where other.started_at < one.finished_at`,
  );
  expect(together).toEqual([]);
  const [count] = await witness.query('select count(*)::int as runs from run');
  return count!.runs as number;
}
