/*
 * The network of which a year is made, and the words in which the database is told of it: every number is a function of a
 * host's number, a port's number and a day, so that two machines make the same year. Only data: nobody looks at it.
 *
 * Finding n is about host n % hosts, is born on the day on which its turn comes, and goes `alive` findings later. So a host
 * has ten drifts at any time: eight ports that nobody declared, one that would be dangerous, one declared port that is
 * shut. All ten change in about five weeks.
 */

export const DAYS = 365;
/** Drifts of one host over the year, and at a time. */
const DRIFTS = 100;
const ALIVE = 10;
export const DECLARED = [22, 443, 9000, 9001, 9002, 9003, 9004, 9005, 9006, 9007];
const DANGEROUS = [3306, 6379, 3389, 23, 5432, 25, 80, 8080, 21, 1433];
const OWNERS = 20;
const FIRST_DAY = '2026-01-01T02:00:00Z';
export const DAY_MS = 86_400_000;

/** @param hourDays for how many days `port_hour` is filled: it is by far the largest table, and all its days are alike */
export const sizeOf = (hosts, hourDays) => ({
  hosts,
  hourDays,
  findings: hosts * DRIFTS,
  alive: hosts * ALIVE,
});

/** When a run of a day began. */
export const startOf = (day) => new Date(new Date(FIRST_DAY).getTime() + day * DAY_MS);

/** Half of the hosts stand apart in the address space. */
export function addressOf(hosts, i) {
  const at = 1 + (i < hosts / 2 ? i : hosts / 2 + (i - hosts / 2) * 7);
  return `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;
}

/** From the end of the year on all is blacked out, so that nobody may send anything to any of these addresses. */
export function inventoryText({ hosts }) {
  const ports =
    'ports: [{ port: 22, service: ssh, expect: open }, { port: 443, service: web, expect: open }, { ports: 9000-9007, service: app, expect: open }]';
  const lines = Array.from({ length: hosts }, (_, i) => {
    const weight = i % 10 === 0 ? ', criticality: high' : i % 10 < 4 ? ', criticality: low' : '';
    return `  - { name: host-${i}, address: ${addressOf(hosts, i)}, owner: team-${i % OWNERS}${weight}, ${ports} }`;
  });
  const owners = Array.from({ length: OWNERS }, (_, i) => `team-${i}: { name: Team ${i} }`);
  return `version: 1
owners: { ${owners.join(', ')} }
scopes: [{ name: all, allow: [10.0.0.0/8], authorisedBy: nobody }]
hosts:
${lines.join('\n')}
audits: [{ name: nightly, hosts: all, ports: 1-65535, schedule: "0 2 * * *" }]
windows: [{ name: never, kind: blackout, audits: [nightly], from: 2026-12-31T00:00, until: 2031-01-01T00:00 }]
`;
}

/** The same, for the database. `bench` is dropped once the year is made. */
export const functions = ({ hosts, findings, alive }) => `
create schema bench;
create function bench.at(i bigint) returns bigint immutable parallel safe language sql as $$
  select 1 + case when i < ${hosts} / 2 then i else ${hosts} / 2 + (i - ${hosts} / 2) * 7 end $$;
create function bench.address(i bigint) returns text immutable parallel safe language sql as $$
  select '10.' || (bench.at(i) >> 16)::text || '.' || ((bench.at(i) >> 8) & 255)::text || '.' || (bench.at(i) & 255)::text $$;
create function bench.start(day bigint) returns timestamptz immutable parallel safe language sql as $$
  select '${FIRST_DAY}'::timestamptz + day * interval '1 day' $$;
create function bench.born(n bigint) returns bigint immutable parallel safe language sql as $$
  select n * ${DAYS} / ${findings} $$;
create function bench.ms(i bigint, port bigint, day bigint) returns numeric immutable parallel safe language sql as $$
  select round(((i * 31 + port * 17 + day * 7) % 900 + 100) / 100.0, 2) $$;
create view bench.drift as
  select n, i, k, bench.born(n) as born, case when n < ${findings - alive} then bench.born(n + ${alive}) end as gone,
    case when k % 10 = 9 then 'unexpected-closed' else 'unexpected-open' end as kind,
    case k % 10 when 9 then ('{${DECLARED}}'::int[])[k / 10 + 1] when 0 then ('{${DANGEROUS}}'::int[])[k / 10 + 1]
      else 10000 + (k * 487 + i * 7) % 50000 end::int as port
  from (select n, n % ${hosts} as i, n / ${hosts} as k from generate_series(0::bigint, ${findings - 1}::bigint) as n) as one;
`;
