/*
 * Comparing 10,000 hosts × 65,535 ports, as ranges, 20 open on each, in one core: under 1 s and under 512 MB.
 *
 * The inventory, the plans and the observations are made beforehand, and their garbage is swept away; measured is
 * `compareRun` alone, the median of five. The memory is the whole process after a round, data set included. Half of the
 * hosts stand apart in the address space, so that no block makes look-ups cheap. The bound is held against the wall
 * clock; the CPU time beside it tells a slow comparison from a busy machine.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { planAudit } from '../../dist/src/domain/audit-plan.js';
import { compareRun } from '../../dist/src/domain/compare-run.js';
import { parseInventory } from '../../dist/src/domain/inventory-file.js';
import { nothingObserved, observe } from '../../dist/src/domain/observation.js';
import { PortSet } from '../../dist/src/domain/port-set.js';

const HOSTS = 10_000;
const OPEN_PORTS = 20;
/** Of these so many are declared, on each host. The rest is drift, and so are two declared ports that don't answer. */
const DECLARED_OPEN = 10;
const ROUNDS = 5;
const MOST_MS = 1000;
const MOST_MEGABYTES = 512;
const TODAY = '2026-11-22';

const addressOf = (i) => {
  const at = i < HOSTS / 2 ? i : HOSTS / 2 + (i - HOSTS / 2) * 7;
  return `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;
};

/** The same numbers on every machine: a linear congruential generator (Numerical Recipes, 1992). */
function numbers(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function inventoryText() {
  const hosts = Array.from({ length: HOSTS }, (_, i) => {
    const tags = i % 3 === 0 ? ', tags: [web]' : '';
    return `  - { name: host-${i}, address: ${addressOf(i)}, owner: team${tags}, ports: [{ ports: "22,443,9000-9007,${9500 + (i % 50)}", expect: open }, { ports: 8000-8999, expect: closed }, { port: 5432, expect: filtered }] }`;
  });
  return `version: 1
owners: { team: { name: Team } }
scopes: [{ name: all, allow: [10.0.0.0/8], authorisedBy: nobody }]
hosts:
${hosts.join('\n')}
groups: [{ match: { tags: [web] }, ports: [{ port: 80, expect: open }] }]
audits: [{ name: nightly, hosts: all, ports: 1-65535 }]
exceptions: [{ host: host-1, ports: 8000-8999, reason: old, approvedBy: nobody, expires: 2027-12-31 }]
`;
}

function observations() {
  const pick = numbers(7);
  const observed = new Map();
  for (let i = 0; i < HOSTS; i++) {
    const address = addressOf(i);
    const others = Array.from({ length: OPEN_PORTS - DECLARED_OPEN }, () => 10_000 + pick(50_000));
    const open = PortSet.from([22, 443, ...PortSet.range(9000, 9007), ...others]);
    const filtered = PortSet.of(5432, 1 + pick(65_535)).subtract(open);
    const closed = PortSet.all.subtract(open).subtract(filtered);
    let host = nothingObserved(address);
    for (const [state, reason, ports] of [
      ['closed', 'reset', closed],
      ['open', 'handshake', open],
      ['filtered', 'silence', filtered],
    ])
      host = observe(host, { address, ports, state, reason, at: 1 });
    observed.set(address, host);
  }
  return observed;
}

/** Parsed and forgotten: what stays of 10,000 hosts' YAML is the inventory. */
function inventory() {
  const parsed = parseInventory([{ file: 'bench.yaml', text: inventoryText() }]);
  if (!parsed.ok)
    throw new Error(`the bench's own inventory is wrong: ${JSON.stringify(parsed.problems[0])}`);
  return parsed.inventory;
}

/** A new plan for each round, so that none profits from what an earlier one has looked up. */
function plan(declared) {
  const where = { vantage: 'local', today: TODAY, resolved: new Map() };
  const planned = planAudit(declared, declared.audits[0], where);
  if (!planned.ok) throw new Error(planned.why);
  return planned.plan;
}

setFlagsFromString('--expose-gc');
const sweep = runInNewContext('gc');

const declared = inventory();
const observed = observations();
const took = [];
let result;
for (let round = 0; round < ROUNDS; round++) {
  result = undefined;
  const ordered = plan(declared);
  sweep();
  const before = process.cpuUsage();
  const from = performance.now();
  result = compareRun(ordered, observed, TODAY);
  const wallMs = performance.now() - from;
  const { user, system } = process.cpuUsage(before);
  took.push({ wallMs, cpuMs: (user + system) / 1000, rss: process.memoryUsage().rss });
}
const medianOf = (numbers) => numbers.sort((a, b) => a - b)[ROUNDS >> 1];
const wallMs = medianOf(took.map((one) => one.wallMs));
const cpuMs = medianOf(took.map((one) => one.cpuMs));
const megabytes = Math.max(...took.map((one) => one.rss)) / 2 ** 20;

const { expected, answered, unknown } = result.coverage;
const isWhole = expected === HOSTS * 65_535 && unknown === 0 && result.verdicts.length === HOSTS;
console.log(
  `${HOSTS} hosts × 65535 ports, ${OPEN_PORTS} open each: ${result.drifts.length} drifts, ${answered} answered of ${expected}`,
);
console.log(
  `median of ${ROUNDS}: ${wallMs.toFixed(0)} ms by the clock (${cpuMs.toFixed(0)} ms of CPU); bound ${MOST_MS} ms`,
);
console.log(`memory: ${megabytes.toFixed(0)} MB; bound ${MOST_MEGABYTES} MB`);
if (!isWhole) console.error('the comparison did not cover every port');
process.exitCode = isWhole && wallMs < MOST_MS && megabytes < MOST_MEGABYTES ? 0 : 1;
