/*
 * Makes a year of daily runs, as the rooms would have left it on the day after: mostly by the database itself, as a year of
 * findings through a room would take a day. The rows are those of a run's path; what the archivist lets go is left to
 * him, so that he shows that he does.
 *
 * Left out is what the last run alone shows well enough: `run.judged` and the reports are those of the runs that are
 * measured; of all others the report is next to nothing.
 */
import { planAudit } from '../../../dist/src/domain/audit-plan.js';
import { dayOf } from '../../../dist/src/domain/day.js';
import { DAYS, DECLARED, functions, startOf } from './harbour.mjs';

/** Raw looks are made for so many days back: config.ts. The archivist has had the others. */
const LOOKS_DAYS = 30;
const SHARD_PROBES = 262_144;

const RUNS = (sizes, targets) => `
insert into run (audit, due_at, trigger, inventory_version_id, vantage, state, verdict, because, coverage, started_at, finished_at)
select 'nightly', bench.start(day), 'schedule', 1, 'local', 'finished', 'drift', '${sizes.alive} findings are open',
  '{"expected": ${sizes.hosts * 65_535}, "probed": ${sizes.hosts * 65_535}, "answered": ${sizes.hosts * 65_535}, "unknown": 0}',
  bench.start(day), bench.start(day) + interval '3 hours'
from generate_series(0, ${DAYS - 1}) as day order by day;

insert into scan (run_id, round, targets, settings, probes, not_before, finished_at)
select 1 + day, 0, '${targets}', '{"seed": 1, "timeoutMs": 1000, "retries": 1, "inFlight": 1000, "verify": true, "fragile": []}',
  ${sizes.hosts * 65_535}, bench.start(day), bench.start(day) + interval '2 hours'
from generate_series(0, ${DAYS - 1}) as day order by day;

insert into scan (run_id, round, targets, settings, probes, not_before, finished_at)
select 1 + born, 1, jsonb_agg(jsonb_build_object('addresses', jsonb_build_array(bench.address(i)), 'ports', port::text)),
  '{"seed": 2, "timeoutMs": 1000, "retries": 1, "inFlight": 1000, "verify": true, "fragile": []}', count(*),
  bench.start(born) + interval '2 hours 10 seconds', bench.start(born) + interval '3 hours'
from bench.drift group by born order by born;

insert into shard (scan_id, from_position, to_position, state, probed, attempts, settled_to, engine, rate_per_second)
select scan.id, at, least(at + ${SHARD_PROBES}, probes), 'done', least(at + ${SHARD_PROBES}, probes) - at, 1,
  least(at + ${SHARD_PROBES}, probes), 'syn', 100000
from scan cross join lateral generate_series(0::bigint, probes - 1, ${SHARD_PROBES}) as at order by scan.id, at;

insert into gate_look (run_id, phase, at, blindness, seen)
select run.id, phase, started_at, null, (select jsonb_agg(jsonb_build_object('kind', 'met', 'address', bench.address(i), 'port', 443,
  'expect', 'open', 'state', 'open')) from generate_series(1, 42) as i)
from run cross join (values ('before'), ('after'), ('after')) as phases (phase) order by run.id;

insert into history_mark (run_id, at) select id, finished_at from run;

insert into report (run_id, made_at, snapshot, snapshot_sha256, pdf, pdf_sha256, printed_at)
select id, finished_at, '{"findings":[],"resolved":[],"hosts":[],"owners":[]}', 'none', 'none', 'none', finished_at from run order by id;`;

const FINDINGS = `
insert into finding (key, kind, host, address, port, declared, observed, service, owner, severity, severity_reasons, evidence, state,
  confirmations, first_seen, last_seen, opened_at, resolved_at, accepted_until, accepted_by, reopened, looks, turns, evidence_at)
select concat_ws('|', kind, 'local', bench.address(i), port), kind, 'host-' || i, bench.address(i), port,
  case kind when 'unexpected-open' then 'undeclared' else 'open' end, case kind when 'unexpected-open' then 'open' else 'closed' end,
  case kind when 'unexpected-closed' then case port when 22 then 'ssh' when 443 then 'web' else 'app' end end, 'team-' || i % 20,
  case when points >= 8 then 'critical' when points >= 5 then 'high' when points >= 3 then 'medium' else 'low' end,
  case kind when 'unexpected-open' then '["nobody has declared it"]'::jsonb else '["a declared service refuses every connection"]' end,
  case kind when 'unexpected-open' then format('the handshake completed in %s ms', round(bench.ms(i, port, ${DAYS - 1}), 1))
    else 'the machine refused the connection (RST)' end,
  case when gone is not null then 'resolved' when n % 25 = 0 then 'accepted' when n % 20 = 1 then 'acknowledged' else 'open' end,
  1, bench.start(born), bench.start(coalesce(gone - 1, ${DAYS - 1})), bench.start(born) + interval '2 hours 10 seconds',
  bench.start(gone) + interval '3 hours', case when gone is null and n % 25 = 0 then '2027-06-30'::date end,
  case when gone is null and n % 25 = 0 then 'Ada' end, 0, case when gone is null then '1111111111111111' else '1111111111111110' end,
  case when gone is null then '[]'::jsonb else jsonb_build_array(bench.start(gone)) end, bench.start(coalesce(gone, ${DAYS - 1}))
from (select *, 3 + (case when kind = 'unexpected-closed' then 0 when port < 10000 then 4 else 1 end)
    + (case when i % 10 = 0 then 2 when i % 10 < 4 then -1 else 0 end) as points from bench.drift) as one order by n;
insert into finding_count (state, severity, kind, owner, findings)
select state, severity, kind, owner, count(*) from finding group by 1, 2, 3, 4;

insert into finding_event (finding_id, run_id, at, actor, from_state, to_state, why)
select finding_id, run_id, at, actor, from_state, to_state, why from (
  select n + 1 as finding_id, 1 + born as run_id, bench.start(born) + interval '2 hours' as at, 'run ' || 1 + born as actor,
    null as from_state, 'suspected' as to_state, 'first sight, to be confirmed: the handshake completed in 3.1 ms' as why
  from bench.drift
  union all
  select n + 1, 1 + born, bench.start(born) + interval '3 hours', 'run ' || 1 + born, 'suspected', 'open',
    'confirmed by 1 fresh look: the handshake completed in 3.2 ms' from bench.drift
  union all
  select n + 1, 1 + gone, bench.start(gone) + interval '2 hours', 'run ' || 1 + gone, 'open', 'resolved',
    'what was observed agrees with what is declared again' from bench.drift where gone is not null
  union all
  select n + 1, null, bench.start(${DAYS - 1}) + interval '7 hours', 'Ada', 'open',
    case when n % 25 = 0 then 'accepted' else 'acknowledged' end, 'known'
  from bench.drift where gone is null and (n % 25 = 0 or n % 20 = 1)
) as one order by at, finding_id;`;

/** What a day saw: the declared ports but those that are shut, and what else is open. */
const LOOKS = ({ hosts }) => `
create table bench.seen as
select day, i, range_agg(int4range(port, port + 1)) as open from (
  select day, i, port from bench.drift cross join lateral generate_series(greatest(born, ${DAYS - LOOKS_DAYS}), coalesce(gone, ${DAYS}) - 1) as day
  where kind = 'unexpected-open' and coalesce(gone, ${DAYS}) > ${DAYS - LOOKS_DAYS}
  union all
  select day, i, port from generate_series(${DAYS - LOOKS_DAYS}, ${DAYS - 1}) as day cross join generate_series(0, ${hosts - 1}) as i
    cross join unnest('{${DECLARED}}'::int[]) as port
) as one group by day, i;
update bench.seen set open = open - shut.ports from (
  select day, i, range_agg(int4range(port, port + 1)) as ports from bench.drift
    cross join lateral generate_series(greatest(born, ${DAYS - LOOKS_DAYS}), coalesce(gone, ${DAYS}) - 1) as day
  where kind = 'unexpected-closed' and coalesce(gone, ${DAYS}) > ${DAYS - LOOKS_DAYS} group by day, i) as shut
where shut.day = seen.day and shut.i = seen.i;

insert into observed_host (scan_id, address, open, closed, filtered, unreachable, unknown, reasons, connect_ms, at)
select scan.id, bench.address(i)::inet, open, closed, '{}', '{}', '{}',
  jsonb_build_object('handshake', bench.ports(open), 'reset', bench.ports(closed)), bench.times(i, open, day), scan.finished_at
from (select *, '{[1,65536)}'::int4multirange - open as closed from bench.seen) as one join scan on scan.run_id = 1 + day and scan.round = 0;

insert into observed_host (scan_id, address, open, closed, filtered, unreachable, unknown, reasons, connect_ms, at)
select scan.id, bench.address(i)::inet, '{}', '{}', '{}', '{}', '{}', '{}', '{}', scan.finished_at
from (select distinct born, i from bench.drift where born >= ${DAYS - LOOKS_DAYS}) as one join scan on scan.run_id = 1 + born and scan.round = 1;`;

const WRITTEN = `
create function bench.ports(ports int4multirange) returns text immutable parallel safe language sql as $$
  select string_agg(lower(one) || case when upper(one) - lower(one) > 1 then '-' || upper(one) - 1 else '' end, ',') from unnest(ports) as one $$;
create function bench.times(i bigint, ports int4multirange, day bigint) returns jsonb immutable parallel safe language sql as $$
  select jsonb_object_agg(port::text, bench.ms(i, port, day)) from unnest(ports) as one
    cross join lateral generate_series(lower(one), upper(one) - 1) as port $$;`;

/** An interval begins whenever a declared port is shut or opens again; an hour a port and look. */
const HISTORY = ({ hosts, hourDays }) => `
insert into port_interval (address, port, vantage, host, service, owner, state, observed, from_at, until_at)
select bench.address(i), port, 'local', 'host-' || i, case port when 22 then 'ssh' when 443 then 'web' else 'app' end, 'team-' || i % 20,
  state, observed, bench.start(from_day), bench.start(until_day)
from (
  select i, port, 'as-declared' as state, 'open' as observed, 0 as from_day, born as until_day from bench.drift where kind = 'unexpected-closed' and born > 0
  union all
  select i, port, 'failing', 'closed', born, coalesce(gone, ${DAYS - 1}) from bench.drift where kind = 'unexpected-closed'
  union all
  select i, port, 'as-declared', 'open', gone, ${DAYS - 1} from bench.drift where kind = 'unexpected-closed' and gone is not null
) as one order by from_day, i, port;

insert into port_hour (address, port, vantage, hour, as_declared, failing, unknown, connects, sum_ms, min_ms, max_ms)
select bench.address(i), port, 'local', bench.start(day), 1, 0, 0, 1, bench.ms(i, port, day), bench.ms(i, port, day), bench.ms(i, port, day)
from generate_series(${DAYS - hourDays}, ${DAYS - 1}) as day cross join generate_series(0, ${hosts - 1}) as i
  cross join unnest('{${DECLARED}}'::int[]) as port;`;

/** What the audit looks at, as a scan's row has it. */
export function targetsOf(inventory) {
  const where = { vantage: 'local', today: dayOf(startOf(0)), resolved: new Map() };
  const planned = planAudit(inventory, inventory.audits[0], where);
  if (!planned.ok) throw new Error(planned.why);
  return planned.plan.targets.map(({ addresses, ports }) => ({
    addresses: addresses.toStrings(),
    ports: `${ports}`,
  }));
}

/**
 * @param targets what the audit looks at, as a scan's row has it
 * @param only the parts that are made, where not all are wanted
 */
export async function makeYear(rooms, sizes, targets, only = ['runs', 'findings', 'looks', 'history']) {
  const parts = {
    runs: RUNS(sizes, JSON.stringify(targets)),
    findings: FINDINGS,
    looks: LOOKS(sizes),
    history: HISTORY(sizes),
  };
  const took = {};
  await rooms.script(functions(sizes) + WRITTEN);
  for (const [name, script] of Object.entries(parts)) {
    if (!only.includes(name)) continue;
    const from = performance.now();
    await rooms.script(script);
    took[name] = performance.now() - from;
  }
  await rooms.script('drop schema bench cascade');
  return took;
}
