/*
 * How far a run has come, for the live bar: from rows alone, so that any server can show a run that another one
 * scans. However many ask, one look is made of a run in a while: it remembers its own last looks, for the rate and for what has
 * drifted so far. Comparing a large run takes time, so that it never takes more than a tenth of it, and of a very large one
 * nothing is said before its end. What it says of drift is a first sight, and not yet confirmed.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Drift } from '../domain/drift.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { duration } from '../platform/page-times.js';
import { RunLooks } from './run-looks.js';
import { endpoint, isOver, percent } from './run-view.js';
import { type RunRow, type ScanProgress, ScansQueries } from './scans.queries.js';
import { ScansService } from './scans.service.js';

const RATE_WINDOW_MS = 4000;
const COMPARE_AT_MOST_EVERY_MS = 1000;
/** Up to here what was seen is put together at a glance. */
const COMPARED_MOST = 2 ** 24;
/** So long a look holds for everybody. */
const LOOK_HOLDS_MS = 250;
/** A run that nobody has looked at for so long is forgotten. */
const FORGOTTEN_AFTER_MS = 60_000;
const DRIFT_SHOWN = 12;

export type ProgressView = Awaited<ReturnType<Follow['look']>>;

@Injectable()
export class RunProgress {
  private readonly follows = new Map<string, Held>();

  constructor(
    readonly queries: ScansQueries,
    readonly scans: ScansService,
    readonly looks: RunLooks,
    @Inject(CLOCK) readonly clock: Clock,
  ) {}

  async look(run: RunRow): Promise<ProgressView> {
    this.forget();
    let held = this.follows.get(run.id);
    if (held?.pending) return held.pending;
    if (held?.last && held.state === run.state && performance.now() - held.at < LOOK_HOLDS_MS)
      return held.last;
    held ??= { follow: new Follow(this), pending: null, last: null, at: 0, state: run.state };
    this.follows.set(run.id, held);
    held.pending = held.follow.look(run);
    try {
      held.last = await held.pending;
      return held.last;
    } finally {
      Object.assign(held, { pending: null, at: performance.now(), state: run.state });
      if (isOver(run)) this.follows.delete(run.id);
    }
  }

  private forget(): void {
    const before = performance.now() - FORGOTTEN_AFTER_MS;
    for (const [id, { pending, at }] of this.follows) if (!pending && at < before) this.follows.delete(id);
  }
}

interface Held {
  readonly follow: Follow;
  /** While somebody looks, the others wait for what they see. */
  pending: Promise<ProgressView> | null;
  last: ProgressView | null;
  at: number;
  state: RunRow['state'];
}

class Follow {
  private samples: Array<{ at: number; round: number; probed: number }> = [];
  private seen: {
    readonly addresses: number;
    readonly drift: number;
    readonly open: readonly Drift[];
  } | null = null;
  private compareAfter = 0;

  constructor(private readonly from: RunProgress) {}

  async look(run: RunRow) {
    const now = this.from.clock().getTime();
    const scans = await this.from.queries.progress(run.id);
    const scan = scans.at(-1) ?? null;
    if (scan && scan.probes <= COMPARED_MOST) await this.compare(run, now);
    const rate = scan ? this.rate(run, scan, now) : 0;
    const left = scan && rate > 0 ? ((scan.probes - scan.probed) / rate) * 1000 : null;
    const open = this.seen?.open ?? [];
    return {
      id: run.id,
      phase: phaseOf(run, scan, now),
      round: scan?.round ?? 0,
      probes: scan?.probes ?? 0,
      probed: scan?.probed ?? 0,
      share: scan ? percent(scan.probed, scan.probes) : '0%',
      rate: Math.round(rate),
      left:
        left !== null && left > 0
          ? duration(Math.max(1000, Math.round(left / 1000) * 1000)).replace('.0 s', ' s')
          : null,
      addresses: this.seen?.addresses ?? null,
      drift: this.seen?.drift ?? null,
      open: open.slice(0, DRIFT_SHOWN).map(({ host, address, port, service }) => ({
        where: endpoint(address, port) ?? host,
        host: host === address ? null : host,
        service,
      })),
      moreOpen: Math.max(0, open.length - DRIFT_SHOWN),
    };
  }

  /** Probes a second over the last moments; at the first look, since the run began. */
  private rate(run: RunRow, { round, probed }: ScanProgress, now: number): number {
    this.samples = this.samples.filter(
      (sample) => sample.round === round && now - sample.at <= RATE_WINDOW_MS,
    );
    this.samples.push({ at: now, round, probed });
    const first = this.samples[0]!;
    if (first.at < now) return Math.max(0, ((probed - first.probed) / (now - first.at)) * 1000);
    const elapsed = round === 0 && run.startedAt ? now - run.startedAt.getTime() : 0;
    return elapsed > 0 ? (probed / elapsed) * 1000 : 0;
  }

  private async compare(run: RunRow, now: number): Promise<void> {
    if (run.state === 'due' || isOver(run) || now < this.compareAfter) return;
    const look = await this.from.looks.of(await this.from.scans.run(run.id));
    const took = this.from.clock().getTime() - now;
    this.compareAfter = now + took + Math.max(COMPARE_AT_MOST_EVERY_MS, 10 * took);
    if (!look.ok) return;
    const drift = look.comparison.verdicts.flatMap((verdict) => verdict.drift);
    const open = drift.filter(({ kind }) => kind === 'unexpected-open');
    this.seen = { addresses: look.observed.size, drift: drift.length, open };
  }
}

function phaseOf(run: RunRow, scan: ScanProgress | null, now: number): string {
  if (run.state === 'due') return 'Waiting for its turn';
  if (run.state === 'scanned') return 'Putting together what was seen';
  if (run.state === 'observed') return 'Comparing what was seen with what is declared';
  if (run.state === 'compared') return 'Writing the report';
  if (run.state === 'finished') return 'Over';
  if (!scan || scan.round === 0) return 'Probing';
  if (scan.notBefore.getTime() > now) {
    return `Looking again in ${Math.ceil((scan.notBefore.getTime() - now) / 1000)} s, to confirm`;
  }
  return 'Looking again to confirm';
}
