/*
 * `many-scans.mjs ENGINE SCANS` scans loopback again and again in one process, every third time cut short, and prints what
 * the process holds after the first few scans and at the end: descriptors, threads, and mappings of packet rings.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { AddressSet } from '../../../dist/src/domain/address-set.js';
import { PortSet } from '../../../dist/src/domain/port-set.js';
import { scan } from '../../../dist/src/engine/scan.js';

const [engine, scans] = process.argv.slice(2);
const WARM_UP = 3;
const targets = [
  { addresses: AddressSet.parse('127.0.0.1').union(AddressSet.parse('::1')), ports: PortSet.range(1, 3000) },
];
const plan = {
  ...{ targets, engine, from: 0, to: 6000, timeoutMs: 1000, retries: 1, ratePerSecond: Infinity },
  ...{ inFlight: 500, verify: true },
};

const threads = () => Number(/^Threads:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);

/** What threads hold is given back a moment after they have ended. */
async function held() {
  await pause(200);
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    threads: threads(),
    rings: readFileSync('/proc/self/maps', 'utf8').match(/socket:/g)?.length ?? 0,
  };
}

let judged = 0;
async function once(round) {
  const controller = new AbortController();
  if (round % 3 === 2) setTimeout(() => controller.abort(), 60);
  for await (const { ports } of scan({ ...plan, seed: round }, controller.signal)) judged += ports.size;
}

for (let round = 0; round < WARM_UP; round++) await once(round);
const before = await held();
for (let round = WARM_UP; round < Number(scans); round++) await once(round);
console.log(JSON.stringify({ before, after: await held(), judged }));
