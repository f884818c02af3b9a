/*
 * The file of `scan --state`: read when a scan begins, written while it runs and when it is interrupted, removed when it is
 * complete. It is written whole or not at all, for its owner alone, and a file that is not of this very scan is refused and
 * left as it is.
 *
 * The trap is the order: a position may be called settled only where all that was seen below it is in the file. What the
 * engine has handed out before it said `settled` may still be on its way to the sightings, but no further than this turn of
 * the event loop: so the position is noted first, and the hosts are read after the file was opened.
 */
import { open, rm } from 'node:fs/promises';
import { formatAddress } from '../domain/address-set.js';
import { heardFrom } from '../domain/heard.js';
import { answered, type HostObserved, type Observation } from '../domain/observation.js';
import type { PortSet } from '../domain/port-set.js';
import { probeCount, type ScanPlan } from '../domain/scan-plan.js';
import type { Sightings } from '../domain/sightings.js';
import { visibleText } from '../domain/visible-text.js';
import { Refusal } from '../platform/refusal.js';
import { stillToCome } from './scan-order.js';
import { type Ground, type Heading, readState, StateProblem, writeState } from './scan-state.js';
import { checkWritable, writeWhole } from './write-file.js';

/** A kill -9 loses so much; more where the file is so large that writing it takes its time. */
const SAVE_MS = 10_000;
const SAVE_PER_WRITING = 20;
const OWNER_ALONE = 0o600;
const CHUNK_CHARACTERS = 65_536;

/** Where a scan goes on; at 0 where there was no file. */
interface Begun {
  readonly seed: number;
  readonly settledTo: number;
  readonly startedAt: number;
}

export interface Asked {
  /** What to begin with where there is no file; where there is one, it has its own. */
  readonly seed: number;
  /** The seed was typed: another one is a contradiction. */
  readonly isSeedGiven: boolean;
  readonly verify: boolean;
}

/** @param sightings gets what the file has seen */
export async function openStateFile(
  file: string,
  ground: Ground,
  asked: Asked,
  sightings: Sightings,
): Promise<StateFile> {
  await checkWritable(file);
  const now = Date.now();
  const startedAtOf = ({ elapsedMs }: Heading): number => now - elapsedMs;
  const lines = await linesOf(file);
  if (lines === null)
    return new StateFile(file, ground, { seed: asked.seed, settledTo: 0, startedAt: now }, sightings);
  try {
    const doubtful = new Map<string, Observation>();
    const heading = await readState(lines, ground, startedAtOf, (seen) => {
      if (asked.verify && seen.reason === 'syn-ack') doubtful.set(seen.address, seen);
      else sightings.add(seen);
    });
    if (asked.isSeedGiven && asked.seed !== heading.seed)
      throw new StateProblem(`has the seed ${heading.seed}, and not ${asked.seed}`);
    const begun = { ...heading, startedAt: startedAtOf(heading) };
    for (const seen of settledOf(doubtful, ground, begun)) sightings.add(seen);
    return new StateFile(file, ground, begun, sightings);
  } catch (error) {
    if (!(error instanceof StateProblem)) throw error;
    throw new Refusal(
      'conflict',
      `--state ${file} ${error.message}; expected the file of the same targets and ports, or one that does not exist`,
    );
  }
}

/**
 * Where handshakes confirm, a SYN-ACK without one is final only if its position is settled. What is still to come is probed
 * again, and forgotten here: it would outrank the refusal that refutes it.
 */
function* settledOf(
  doubtful: ReadonlyMap<string, Observation>,
  ground: Ground,
  begun: Begun,
): Generator<Observation> {
  if (doubtful.size === 0) return;
  const left = leftOf(ground, begun);
  let host = 0;
  for (const number of ground.addresses) {
    const seen = doubtful.get(formatAddress(number));
    if (seen) yield { ...seen, ports: seen.ports.subtract(left(host, seen.ports)) };
    host++;
  }
}

const leftOf = (ground: Ground, { seed, settledTo: from }: Begun) =>
  stillToCome({ seed, from, to: probeCount([ground]) }, ground.ports);

async function linesOf(file: string): Promise<AsyncIterable<string> | null> {
  try {
    return (await open(file)).readLines();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Refusal('unavailable', `--state ${file} can't be read: ${(error as Error).message}`);
  }
}

export class StateFile {
  private writing: Promise<void> = Promise.resolve();
  private isWriting = false;
  private dueMs: number;

  constructor(
    readonly file: string,
    private readonly ground: Ground,
    readonly begun: Begun,
    private readonly sightings: Sightings,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.dueMs = nowMs() + SAVE_MS;
  }

  /** Where the scan goes on, and what of the rest is not to be probed again: the ports that have answered. */
  order(): Pick<ScanPlan, 'seed' | 'from' | 'known' | 'heard'> {
    const { seed, settledTo: from } = this.begun;
    const left = leftOf(this.ground, this.begun);
    const known = new Map<string, PortSet>();
    let host = 0;
    for (const number of this.ground.addresses) {
      const address = formatAddress(number);
      const spared = left(host++, answered(this.sightings.host(address)));
      if (!spared.isEmpty) known.set(address, spared);
    }
    return { seed, from, known, heard: heardFrom(this.seenHosts()) };
  }

  /** How far the scan is; from time to time it is written down. */
  watch(settledTo: number): void {
    if (this.isWriting || this.nowMs() < this.dueMs) return;
    this.save(settledTo).catch((error: Error) => {
      process.stderr.write(`${visibleText(error.message)}; the scan goes on\n`);
    });
  }

  /** One writing at a time. */
  save(settledTo: number): Promise<void> {
    this.writing = this.writing.catch(() => undefined).then(() => this.write(settledTo));
    return this.writing;
  }

  /** The scan is complete: nothing is left to go on from. */
  async remove(): Promise<void> {
    await this.writing.catch(() => undefined);
    await rm(this.file, { force: true });
  }

  private async write(settledTo: number): Promise<void> {
    this.isWriting = true;
    const beganMs = this.nowMs();
    const { seed, startedAt } = this.begun;
    const heading = { seed, settledTo, elapsedMs: Math.max(0, Date.now() - startedAt) };
    const lines = writeState(this.ground, heading, this.seenHosts(), startedAt);
    try {
      await writeWhole(this.file, inChunks(lines), OWNER_ALONE);
    } finally {
      this.isWriting = false;
      const endMs = this.nowMs();
      this.dueMs = endMs + Math.max(SAVE_MS, SAVE_PER_WRITING * (endMs - beganMs));
    }
  }

  private *seenHosts(): Generator<HostObserved> {
    for (const address of this.sightings.addresses()) yield this.sightings.host(address);
  }
}

function* inChunks(lines: Iterable<string>): Generator<string> {
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < CHUNK_CHARACTERS) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
