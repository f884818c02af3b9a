/*
 * Puts the log of a scan together: what its shards wrote down by position becomes one picture a host.
 *
 * Most positions say the same, and each of them would have to be looked up in the shuffled order. So only what is unlike the
 * rest is: the most frequent word is taken for granted, and a host has it where nothing else was noted. Time and memory then
 * follow what differs; with a network that is half refusing and half silent they follow half of it.
 *
 * Shards come the latest first, so that the time at which a host was seen last is known after the first few.
 */
import {
  type HostObserved,
  nothingObserved,
  observe,
  type PortState,
  type Reason,
  withoutRefuted,
} from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { eachRun, SILENT, Words } from '../domain/shard-log.js';
import type { OrderedHost, ProbeOrder } from '../engine/probe-order.js';
import { fromJson, type LogEntry } from './shard-log.js';
import { SparsePorts } from './sparse-ports.js';

export interface LoggedShard {
  readonly from: number;
  readonly to: number;
  /** In the order in which they were written. */
  readonly entries: readonly LogEntry[];
}

export class Collation {
  private readonly words = new Words();
  /** By host and number: the ports that say anything but what is usual. */
  private readonly unlike: Array<Map<number, SparsePorts> | undefined>;
  private readonly times: Array<Map<number, number> | undefined>;
  private readonly atMs: Float64Array;
  private readonly beyond = new Map<string, ReturnType<typeof fromJson>[]>();
  private unseen: number;

  /** @param usual the number of what most positions say: SILENT, or what {@link Collation.expecting} has found */
  constructor(
    private readonly order: ProbeOrder,
    private usual = SILENT,
  ) {
    this.unseen = order.hosts;
    this.unlike = new Array(order.hosts);
    this.times = new Array(order.hosts);
    this.atMs = new Float64Array(order.hosts);
  }

  /** Expects that most positions of the scan say what most of this shard do: a shard is a sample that chance has picked. */
  expect({ from, to, entries }: LoggedShard): void {
    const counts = new Float64Array(256);
    let told = 0;
    for (const { words, runs } of entries) {
      const numbers = words.map((word) => this.words.numberOf(word));
      eachRun(runs, (_, length, number) => {
        counts[numbers[number - 1]!]! += length;
        told += length;
      });
    }
    const most = counts.indexOf(Math.max(...counts));
    this.usual = counts[most]! > to - from - told ? most : SILENT;
  }

  /** Takes a shard in; each comes once, the latest first. */
  add(shard: LoggedShard): void {
    const { from, to, entries } = shard;
    const slots = new Uint8Array(to - from);
    const times = new Map<number, number>();
    for (const entry of entries) this.lay(entry, slots, times);
    this.notePorts(from, slots, times);
    for (const entry of entries.toReversed()) this.noteTime(from, entry);
  }

  /** Every host of which something was seen. */
  *hosts(): Generator<HostObserved> {
    let number = 0;
    for (const host of this.order.eachHost()) {
      const seen = this.hostOf(number++, host);
      if (seen) yield seen;
      this.beyond.delete(host.address);
    }
    // Of others, where an engine had something to say of them.
    for (const [address, observations] of this.beyond)
      yield observations.reduce(later, nothingObserved(address));
  }

  private lay(entry: LogEntry, slots: Uint8Array, times: Map<number, number>): void {
    const numbers = entry.words.map((word) => this.words.numberOf(word));
    const own = new Map<number, number>();
    for (let i = 0; i < entry.times.length; i += 2) own.set(entry.times[i]!, entry.times[i + 1]!);
    const say = (slot: number, next: number, ms: number | undefined): void => {
      if (!this.words.prevails(slots[slot]!, next)) return;
      slots[slot] = next;
      if (ms === undefined) times.delete(slot);
      else times.set(slot, ms);
    };
    eachRun(entry.runs, (first, length, number) => {
      const next = numbers[number - 1]!;
      for (let slot = first; slot < first + length; slot++) say(slot, next, own.get(slot));
    });
    for (const [slot, number, ms] of entry.again) say(slot, numbers[number - 1]!, ms ?? undefined);
    for (const seen of entry.beyond) {
      const observations = this.beyond.get(seen.address) ?? [];
      observations.push(fromJson(seen));
      this.beyond.set(seen.address, observations);
    }
  }

  private notePorts(from: number, slots: Uint8Array, times: ReadonlyMap<number, number>): void {
    const { order, usual } = this;
    for (let slot = 0; slot < slots.length; slot++) {
      const number = slots[slot]!;
      if (number === usual) continue;
      order.locate(from + slot);
      this.portsOf(order.host, number).add(order.port);
    }
    for (const [slot, ms] of times) {
      order.locate(from + slot);
      const known = this.times[order.host];
      if (known) known.set(order.port, ms);
      else this.times[order.host] = new Map([[order.port, ms]]);
    }
  }

  private portsOf(host: number, number: number): SparsePorts {
    const byNumber = this.unlike[host] ?? new Map<number, SparsePorts>();
    this.unlike[host] = byNumber;
    const ports = byNumber.get(number) ?? new SparsePorts();
    byNumber.set(number, ports);
    return ports;
  }

  private noteTime(from: number, { runs, at }: LogEntry): void {
    if (this.unseen === 0) return;
    const atMs = at.getTime();
    eachRun(runs, (first, length) => {
      for (let slot = first; slot < first + length && this.unseen > 0; slot++) {
        this.order.locate(from + slot);
        if (this.atMs[this.order.host] !== 0) continue;
        this.atMs[this.order.host] = atMs;
        this.unseen--;
      }
    });
  }

  private hostOf(number: number, { address, ports }: OrderedHost): HostObserved | null {
    const beyond = this.beyond.get(address);
    const at = this.atMs[number]!;
    if (at === 0 && !beyond) return null;
    const states = new Map<PortState, PortSet>();
    const reasons = new Map<Reason, PortSet>();
    const note = (word: number, said: PortSet): void => {
      if (word === SILENT || said.isEmpty) return;
      const { state, reason } = this.words.at(word);
      states.set(state, (states.get(state) ?? PortSet.empty).union(said));
      reasons.set(reason, (reasons.get(reason) ?? PortSet.empty).union(said));
    };
    let left = ports;
    for (const [word, some] of this.unlike[number] ?? []) {
      const said = some.toPorts();
      left = left.subtract(said);
      note(word, said);
    }
    note(this.usual, left);
    const connectMs = this.times[number] ?? new Map<number, number>();
    const host = { ...nothingObserved(address), ...Object.fromEntries(states), reasons, connectMs, at };
    return beyond ? beyond.reduce(later, host) : host;
  }
}

/** One more observation, which may refute what was not confirmed. */
const later = (host: HostObserved, seen: ReturnType<typeof fromJson>): HostObserved =>
  observe(withoutRefuted(host, seen), seen);
