/*
 * Decides late between "no such host" and "a filter forbids it", by whether the host answers on any other port
 * (see errno.ts). The weaker word is given at once, and a stronger one follows if the host answers after all:
 * `filtered` outranks both `unreachable` and `unknown`, so that a reader who puts observations together by
 * strength ends up right whatever the order.
 *
 * Memory is bounded: beyond a million doubtful ports the weaker word stands.
 */
import type { Reading } from './errno.js';

const REMEMBERED_MOST = 1_000_000;
const FORBIDDEN: Reading = { state: 'filtered', reason: 'prohibited' };

const NO_DOUBT = { ports: [], reading: FORBIDDEN } as const;

export interface Doubts {
  /** The host is there: returns the ports that have to be read again, as {@link Doubts.read} reads them from now on. */
  answered(address: string): { readonly ports: readonly number[]; readonly reading: Reading };
  /** How to read a port whose meaning hangs on its host. */
  read(address: string, port: number, reading: Reading): Reading;
}

export function doubts(rememberedMost = REMEMBERED_MOST): Doubts {
  const answering = new Set<string>();
  const waiting = new Map<string, number[]>();
  let remembered = 0;
  return {
    answered(address) {
      answering.add(address);
      const ports = waiting.get(address);
      if (!ports) return NO_DOUBT;
      waiting.delete(address);
      remembered -= ports.length;
      return { ports, reading: FORBIDDEN };
    },
    read(address, port, reading) {
      if (!reading.isFilteredIfHostAnswers) return reading;
      if (answering.has(address)) return FORBIDDEN;
      if (remembered < rememberedMost) {
        const ports = waiting.get(address);
        if (ports) ports.push(port);
        else waiting.set(address, [port]);
        remembered++;
      }
      return reading;
    },
  };
}
