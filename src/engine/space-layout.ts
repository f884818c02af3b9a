/*
 * Lays a plan's targets out as flat numbers in shared memory, for probe-space.ts in every worker. The main thread's part.
 */
import { type AddressNumber, isV4Number, V4_END, V4_FIRST } from '../domain/address-number.js';
import type { AddressSet } from '../domain/address-set.js';
import { probeCount, type Target } from '../domain/scan-plan.js';
import { wordsOf } from './address-words.js';
import { FIELDS, type SpaceLayout } from './probe-space.js';

const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(Math.max(8, bytes));

export function layOut(targets: readonly Target[]): SpaceLayout {
  const stretches = targets.flatMap(({ addresses, ports }, target) =>
    ports.isEmpty ? [] : Array.from(byFamily(addresses), ([first, last]) => ({ target, first, last })),
  );
  const blocks = new Float64Array(shared(stretches.length * FIELDS * 8));
  const bases = new Uint32Array(shared(stretches.length * 16));
  const portsAt: number[] = [];
  let portTotal = 0;
  for (const { ports } of targets) {
    portsAt.push(portTotal);
    portTotal += ports.size;
  }
  const ports = new Uint16Array(shared(portTotal * 2));
  targets.forEach((target, i) => {
    let at = portsAt[i]!;
    for (const [first, last] of target.ports.ranges()) for (let p = first; p <= last; p++) ports[at++] = p;
  });
  let index = 0;
  let hosts = 0;
  stretches.forEach(({ target, first, last }, block) => {
    const here = Number(last - first + 1n);
    const portCount = targets[target]!.ports.size;
    blocks.set([index, hosts, here, portsAt[target]!, portCount, isV4Number(first) ? 4 : 6], block * FIELDS);
    bases.set(wordsOf(first), block * 4);
    index += here * portCount;
    hosts += here;
  });
  return { count: probeCount(targets), hosts, blocks, bases, ports };
}

/** The stretches of a set, cut where IPv4 begins and ends: numbers that follow each other there are no neighbours. */
function* byFamily(addresses: AddressSet): Generator<readonly [AddressNumber, AddressNumber]> {
  for (const [first, last] of addresses.ranges()) {
    let from = first;
    for (const edge of [V4_FIRST, V4_END]) {
      if (edge <= from || edge > last) continue;
      yield [from, edge - 1n];
      from = edge;
    }
    yield [from, last];
  }
}
