/*
 * Results on their way to the reader, put together by address, state and reason, so that 65,535 refusals are a few
 * observations and not 65,535.
 *
 * Open ports can be taken ahead of the rest. `size` counts the ports that wait: the scan stops starting probes
 * while its reader is too far behind, and so this never grows without bound.
 */
import type { Observation, PortState, Reason } from '../../domain/observation.js';
import { PortSet } from '../../domain/port-set.js';

interface Kind {
  readonly address: string;
  readonly state: PortState;
  readonly reason: Reason;
}

interface Heap extends Kind {
  readonly ports: number[];
  readonly connectMs: Map<number, number>;
  at: number;
}

export interface Gathering {
  readonly size: number;
  readonly hasOpen: boolean;
  add(seen: Kind & { readonly port: number; readonly connectMs?: number }): void;
  takeOpen(): Observation[];
  takeAll(): Observation[];
}

export function gathering(now: () => number = Date.now): Gathering {
  let size = 0;
  const open = new Map<string, Heap>();
  const others = new Map<string, Heap>();

  const take = (heaps: Map<string, Heap>): Observation[] => {
    const observations = Array.from(heaps.values(), toObservation);
    for (const heap of heaps.values()) size -= heap.ports.length;
    heaps.clear();
    return observations;
  };

  return {
    get size() {
      return size;
    },
    get hasOpen() {
      return open.size > 0;
    },
    add({ address, state, reason, port, connectMs }) {
      const heaps = state === 'open' ? open : others;
      const key = `${address} ${state} ${reason}`;
      let heap = heaps.get(key);
      if (!heap) {
        heap = { address, state, reason, ports: [], connectMs: new Map(), at: 0 };
        heaps.set(key, heap);
      }
      heap.ports.push(port);
      heap.at = now();
      if (connectMs !== undefined) heap.connectMs.set(port, connectMs);
      size++;
    },
    takeOpen: () => take(open),
    takeAll: () => [...take(open), ...take(others)],
  };
}

function toObservation({ address, ports, state, reason, connectMs, at }: Heap): Observation {
  const seen = { address, ports: PortSet.from(ports), state, reason, at };
  return connectMs.size > 0 ? { ...seen, connectMs } : seen;
}
