/*
 * One more run of all hosts, as the scanner leaves it: what the run before saw, but for one host in a hundred, where an
 * undeclared port is gone and another has come. Then the rooms of a run's path work, one after the other, and say how long
 * each took.
 */
import { DAY_MS, startOf } from './harbour.mjs';

const HOUR_MS = 3_600_000;

/** A port that no host of the year has. @param share of the hosts that have changed, in percent */
const observed = (share, day) => {
  const came = `int4multirange(int4range(${61_000 + (day % 1000)}, ${61_001 + (day % 1000)}))`;
  const undeclared = `(select int4multirange(int4range(max(lower(one)), max(lower(one)) + 1)) from unnest(host.open) as one)`;
  return `
insert into observed_host (scan_id, address, open, closed, filtered, unreachable, unknown, reasons, connect_ms, at)
select $2, address, now.open, '{[1,65536)}'::int4multirange - now.open, '{}', '{}', '{}',
  jsonb_build_object('handshake', written.open, 'reset', written.closed), connect.times, $3
from observed_host as host
cross join lateral (select case when (host.address - '10.0.0.0'::inet) % 100 < ${share}
  then host.open - ${undeclared} + ${came} else host.open end as open) as now
cross join lateral (select
  (select string_agg(${text('one')}, ',') from unnest(now.open) as one) as open,
  (select string_agg(${text('one')}, ',') from unnest('{[1,65536)}'::int4multirange - now.open) as one) as closed) as written
cross join lateral (select jsonb_object_agg(port::text, round(((port * 17 + ${day} * 7) % 900 + 100) / 100.0, 2)) as times
  from unnest(now.open) as one cross join lateral generate_series(lower(one), upper(one) - 1) as port) as connect
where host.scan_id = $1`;
};
const text = (range) =>
  `lower(${range})::text || case when upper(${range}) - lower(${range}) > 1 then '-' || (upper(${range}) - 1)::text else '' end`;

/** The fresh look at what is suspected sees the same again. */
const CONFIRMED = `
insert into observed_host (scan_id, address, open, closed, filtered, unreachable, unknown, reasons, connect_ms, at)
select $2, host.address, host.open * wanted.ports, host.closed * wanted.ports, '{}', '{}', '{}', host.reasons, host.connect_ms, $3
from (select (target -> 'addresses' ->> 0)::inet as address,
    (select range_agg(int4range(split_part(one, '-', 1)::int, reverse(split_part(reverse(one), '-', 1))::int + 1))
      from unnest(string_to_array(target ->> 'ports', ',')) as one) as ports
  from scan cross join lateral jsonb_array_elements(targets) as target where id = $2) as wanted
join observed_host as host on host.scan_id = $1 and host.address = wanted.address`;

/** @returns how long each room took, and how many findings came and went */
export async function sailDay(rooms, clock, day, share) {
  const begun = startOf(day);
  clock.at(begun);
  const { runId, scanId } = await observe(rooms, day, share);
  clock.at(new Date(begun.getTime() + 3 * HOUR_MS));
  const took = { compare: await timed(rooms.comparer) };
  const [again] = await rooms.query('select id from scan where run_id = $1 and round = 1', [runId]);
  if (again) {
    await rooms.query(CONFIRMED, [scanId, again.id, clock()]);
    await close(rooms, again.id);
    clock.at(new Date(begun.getTime() + 4 * HOUR_MS));
    took.confirm = await timed(rooms.comparer);
  }
  const [run] = await rooms.query('select state, verdict, because from run where id = $1', [runId]);
  if (run.state !== 'compared') throw new Error(`run ${runId} is ${run.state}: ${run.because}`);
  took.tidy = await timed(rooms.tidier);
  took.history = await timed(rooms.historian);
  took.report = await timed(rooms.reporter);
  clock.at(new Date(begun.getTime() + DAY_MS / 2));
  took.archive = await timed(rooms.archivist, 0);
  const [moved] = await rooms.query(
    `select count(*) filter (where from_state is null)::int as came, count(*) filter (where to_state = 'resolved')::int as went
     from finding_event where run_id = $1`,
    [runId],
  );
  const expected = Math.round((rooms.hosts * share) / 100);
  if (moved.came !== expected || moved.went !== expected)
    throw new Error(`${moved.came} findings came and ${moved.went} went; expected ${expected} of each`);
  return { runId, took };
}

async function observe(rooms, day, share) {
  const [before] = await rooms.query(
    `select scan.id, scan.targets, scan.settings, scan.probes from scan join run on run.id = scan.run_id
     where scan.round = 0 order by run.id desc limit 1`,
  );
  const at = startOf(day);
  const [{ id: runId }] = await rooms.query(
    `insert into run (audit, due_at, trigger, inventory_version_id, vantage, state, started_at)
     values ('nightly', $1, 'schedule', 1, 'local', 'scanning', $1) returning id`,
    [at],
  );
  const [{ id: scanId }] = await rooms.query(
    `insert into scan (run_id, round, targets, settings, probes, not_before)
     select $1, 0, targets, settings, probes, $3 from scan where id = $2 returning id`,
    [runId, before.id, at],
  );
  await rooms.query(
    `insert into shard (scan_id, from_position, to_position, state)
     select $1, at, least(at + 262144, $2::bigint), 'waiting' from generate_series(0::bigint, $2::bigint - 1, 262144) as at`,
    [scanId, before.probes],
  );
  await rooms.query(observed(share, day), [before.id, scanId, at]);
  await close(rooms, scanId);
  return { runId, scanId };
}

/** As a scanner that has ended its last shard. */
async function close(rooms, scanId) {
  await rooms.query(
    `update shard set state = 'done', probed = to_position - from_position, settled_to = to_position, attempts = 1, engine = 'syn'
     where scan_id = $1`,
    [scanId],
  );
  await rooms.query('update scan set finished_at = now() where id = $1', [scanId]);
  await rooms.query(`update run set state = 'observed' where id = (select run_id from scan where id = $1)`, [
    scanId,
  ]);
}

async function timed(room, least = 1) {
  const from = performance.now();
  const done = await room.workOnce(new AbortController().signal);
  if (done < least && room.name !== 'tidier') throw new Error(`the ${room.name} had nothing to do`);
  return performance.now() - from;
}
