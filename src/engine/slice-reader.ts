/*
 * Makes observations of what workers report: of open ports as they come, of a slice when it is settled.
 *
 * A verdict that hangs on its host (see errno.ts) is read by the company it keeps, over all slices; the stronger word may
 * follow the weaker one. A host that two targets share is one host: it is known by its address.
 */
import { formatAddress } from '../domain/address-set.js';
import type { Observation, Reason } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { doubts } from './doubts.js';
import type { Reading } from './errno.js';
import { ProbeSpace, type SpaceLayout } from './probe-space.js';
import { type PackedSlice, type SeenTogether, unpack } from './slice.js';
import { readingOf } from './verdicts.js';

export class SliceReader {
  private readonly space: ProbeSpace;
  private readonly doubts = doubts();
  /** What the last stretches came to: in a sweep most hosts have the same ports. */
  private latest = PortSet.empty;

  constructor(
    layout: SpaceLayout,
    private readonly now: () => number = Date.now,
  ) {
    this.space = new ProbeSpace(layout);
  }

  /** One open port. `connectMs` is null where the time to the answer was not measured. */
  open(index: number, reason: Reason, connectMs: number | null): Observation[] {
    this.space.locate(index);
    const { port } = this.space;
    const address = formatAddress(this.space.address);
    const times =
      connectMs === null ? {} : { connectMs: new Map([[port, Math.round(connectMs * 100) / 100]]) };
    const seen = {
      address,
      ports: PortSet.of(port),
      state: 'open' as const,
      reason,
      at: this.now(),
      ...times,
    };
    return [seen, ...this.answered(address)];
  }

  /** Many open ports at once, an observation a host. */
  opens(indices: Iterable<number>, reason: Reason): Observation[] {
    const byHost = new Map<string, number[]>();
    for (const index of indices) {
      this.space.locate(index);
      const { port } = this.space;
      const address = formatAddress(this.space.address);
      const ports = byHost.get(address);
      if (ports) ports.push(port);
      else byHost.set(address, [port]);
    }
    return Array.from(byHost).flatMap(([address, ports]) => [
      { address, ports: PortSet.from(ports), state: 'open' as const, reason, at: this.now() },
      ...this.answered(address),
    ]);
  }

  *slice(packed: PackedSlice): Generator<Observation, void, undefined> {
    for (const seen of unpack(packed)) yield* this.together(seen);
  }

  private together({ verdict, stretches }: SeenTogether): Observation[] {
    const reading = readingOf(verdict);
    if (!reading) return [];
    const { address, ports } = this.portsOf(stretches);
    if (reading.state === 'closed')
      return [this.observation(address, ports, reading), ...this.answered(address)];
    if (!reading.isFilteredIfHostAnswers) return [this.observation(address, ports, reading)];
    let last = reading;
    for (const port of ports) last = this.doubts.read(address, port, reading);
    return [this.observation(address, ports, last)];
  }

  private answered(address: string): Observation[] {
    const { ports, reading } = this.doubts.answered(address);
    return ports.length === 0 ? [] : [this.observation(address, PortSet.from(ports), reading)];
  }

  private portsOf(stretches: Float64Array): { address: string; ports: PortSet } {
    const pairs: number[] = [];
    for (let i = 0; i < stretches.length; i += 2) {
      const first = stretches[i]!;
      const length = stretches[i + 1]!;
      const last = this.portAt(first + length - 1);
      const port = this.portAt(first);
      if (last - port === length - 1) join(pairs, port, last);
      // Indices that follow each other are neighbours in the list of ports, which may have gaps.
      else
        for (let index = first; index < first + length; index++)
          join(pairs, this.portAt(index), this.space.port);
    }
    if (!isSame(this.latest.toBounds(), pairs)) this.latest = PortSet.fromBounds(pairs);
    return { address: formatAddress(this.space.address), ports: this.latest };
  }

  private portAt(index: number): number {
    this.space.locate(index);
    return this.space.port;
  }

  private observation(address: string, ports: PortSet, { state, reason }: Reading): Observation {
    return { address, ports, state, reason, at: this.now() };
  }
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((bound, i) => bound === b[i]);
}

/** Adds a stretch, both ends included, to sorted half-open pairs. */
function join(pairs: number[], first: number, last: number): void {
  const end = pairs.length - 1;
  if (end > 0 && pairs[end] === first) pairs[end] = last + 1;
  else pairs.push(first, last + 1);
}
