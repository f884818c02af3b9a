/* What is still to come, against the order in which an engine goes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stillToCome } from '../../../src/cli/scan-order.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { permutation } from '../../../src/engine/permutation.js';

const PORTS = PortSet.parse('3-9,22,80,8000-8004');
const HOSTS = 5;
const COUNT = HOSTS * PORTS.size;

it('is what stands at the position or later in the order, of the ports that are asked about', () => {
  fc.assert(
    fc.property(
      fc.nat(COUNT),
      fc.nat(1000),
      fc.subarray([...PORTS]).map((ports) => PortSet.from(ports)),
      (from, seed, among) => {
        const left = stillToCome({ from, to: COUNT, seed }, PORTS);
        const indexAt = permutation(COUNT, seed);
        const come: number[][] = Array.from({ length: HOSTS }, () => []);
        for (let position = from; position < COUNT; position++) {
          const index = indexAt(position);
          come[Math.floor(index / PORTS.size)]!.push(PORTS.at(index % PORTS.size));
        }
        for (let host = 0; host < HOSTS; host++) {
          expect(`${left(host, among)}`).toBe(`${PortSet.from(come[host]!).intersect(among)}`);
        }
      },
    ),
  );
});
