/*
 * How what was said at the positions of a shuffled order is written down: as runs of the same word. A slice of a quiet
 * network is a handful of runs, however many ports it has, so that what is kept grows with what is unlike the rest.
 *
 * A word is a state and its reason; each log entry numbers its own, from 1 on, and 0 is where nothing was said. The trap is
 * a word that comes twice for one position: which of both holds is said here once more, for a position, as
 * `observe(withoutRefuted(…))` in observation.ts says it for a host, and a test holds the two together.
 */
import { PORT_STATES, type PortState, type Reason } from './observation.js';

export interface Word {
  readonly state: PortState;
  readonly reason: Reason;
}

/** Nothing was said. */
export const SILENT = 0;
/** Numbers fit into a byte. */
const WORDS_MOST = 255;

/** Does it confirm or refute a SYN-ACK? */
const decides = ({ state, reason }: Word): boolean =>
  state !== 'unknown' && reason !== 'silence' && reason !== 'syn-ack';

/** Does what is said now take the place of what was said before? */
function prevails(now: Word, before: Word): boolean {
  if (before.reason === 'syn-ack' && decides(now)) return true;
  return PORT_STATES.indexOf(now.state) < PORT_STATES.indexOf(before.state);
}

/** Numbers words, and remembers which of two holds. */
export class Words {
  private readonly list: Word[] = [];
  private readonly numbers = new Map<string, number>();
  /** By `before * 256 + next`: 1 where the next prevails. */
  private readonly outcome = new Uint8Array((WORDS_MOST + 1) ** 2);

  /** Throws a RangeError where there are more than a byte can number. */
  numberOf({ state, reason }: Word): number {
    const key = `${state} ${reason}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    if (this.list.length === WORDS_MOST)
      throw new RangeError(`'${key}' is one word too many; expected at most ${WORDS_MOST}`);
    const word = { state, reason };
    this.list.push(word);
    const number = this.list.length;
    this.numbers.set(key, number);
    this.outcome[number] = 1;
    this.list.forEach((other, i) => {
      this.outcome[(i + 1) * 256 + number] = Number(prevails(word, other));
      this.outcome[number * 256 + i + 1] = Number(prevails(other, word));
    });
    return number;
  }

  /** In the order of their numbers, 1 first. */
  get all(): readonly Word[] {
    return this.list;
  }

  at(number: number): Word {
    return this.list[number - 1]!;
  }

  /** Does the second take the place of the first? Anything but {@link SILENT} does of {@link SILENT}. */
  prevails(before: number, next: number): boolean {
    return this.outcome[before * 256 + next] === 1;
  }
}

/**
 * Runs of slots with the same number, those with {@link SILENT} left out: for each the gap before it, the number, and how long
 * it is, gap and length as LEB128 (DWARF 5, §7.6).
 */
export function packRuns(slots: Uint8Array): Uint8Array {
  const packed: number[] = [];
  let ended = 0;
  for (let slot = 0; slot < slots.length; ) {
    const number = slots[slot]!;
    let end = slot + 1;
    while (end < slots.length && slots[end] === number) end++;
    if (number !== SILENT) {
      pushLeb(packed, slot - ended);
      packed.push(number);
      pushLeb(packed, end - slot);
      ended = end;
    }
    slot = end;
  }
  return Uint8Array.from(packed);
}

/** Calls with the first slot of each run, its length and its number. */
export function eachRun(
  packed: Uint8Array,
  visit: (first: number, length: number, number: number) => void,
): void {
  let at = 0;
  const leb = (): number => {
    let value = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = packed[at++]!;
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    return value;
  };
  let slot = 0;
  while (at < packed.length) {
    const first = slot + leb();
    const number = packed[at++]!;
    const length = leb();
    visit(first, length, number);
    slot = first + length;
  }
}

function pushLeb(packed: number[], value: number): void {
  let left = value;
  for (; left >= 0x80; left >>>= 7) packed.push((left & 0x7f) | 0x80);
  packed.push(left);
}
