/*
 * Keeps the ledger up to date: a step of each source in turn, so that one with a million rows to catch up with holds up no other, and
 * a checkpoint where it is time. Steps are small, and pace.ts says how long it rests between them.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Calm } from './calm.js';
import { CheckpointsService } from './checkpoints.service.js';
import { LedgerService } from './ledger.service.js';
import { BITE_MS, Pace } from './pace.js';
import { BEFORE_ALL } from './recorded-rows.queries.js';
import { SettledIds } from './settled-ids.js';
import { SOURCES } from './sources.js';

const TABLES = [...new Set(SOURCES.filter(({ by }) => by === 'id').map(({ table }) => table))];
/** Of a source in one transaction, which holds the ledger meanwhile. */
const ROWS = { first: 500, most: 2000 };
/** How often it looks for a checkpoint that is due while nothing is recorded. */
const LOOK_EVERY_MS = 60_000;

@Injectable()
export class LedgerKeeper {
  readonly name = 'ledger-keeper';
  readonly pace: Pace;
  private lookedAtMs = Number.NEGATIVE_INFINITY;
  /** Which source is next. */
  private turn = 0;

  constructor(
    private readonly ledger: LedgerService,
    private readonly checkpoints: CheckpointsService,
    private readonly ids: SettledIds,
    calm: Calm,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.pace = new Pace(calm, clock, ROWS);
  }

  /** Returns how many rows it has recorded; none while it rests. */
  async workOnce(signal?: AbortSignal): Promise<number> {
    if (this.pace.isResting) return 0;
    const beganMs = this.pace.nowMs();
    const done = await this.bite(beganMs, signal);
    if (done > 0 || Math.abs(beganMs - this.lookedAtMs) >= LOOK_EVERY_MS) {
      this.lookedAtMs = beganMs;
      await this.checkpoints.keepUp();
    }
    if (done > 0) await this.pace.rest(beganMs);
    return done;
  }

  private async bite(beganMs: number, signal: AbortSignal | undefined): Promise<number> {
    const settled = await this.ids.look(TABLES);
    let done = 0;
    for (let step = 0; step < SOURCES.length && signal?.aborted !== true; step++) {
      const source = SOURCES[this.turn]!;
      this.turn = (this.turn + 1) % SOURCES.length;
      const stepMs = this.pace.nowMs();
      const most = this.pace.sizeOf(source.name);
      const rows = await this.ledger.record(source, settled.get(source.table) ?? BEFORE_ALL, most);
      const nowMs = this.pace.nowMs();
      if (rows > 0) this.pace.stepped(source.name, rows, nowMs - stepMs);
      done += rows;
      if (done > 0 && nowMs - beganMs >= BITE_MS) break;
    }
    return done;
  }
}
