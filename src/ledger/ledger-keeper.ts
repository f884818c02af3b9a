/*
 * Keeps the ledger up to date: a step of each source in turn, so that one with a million rows to catch up with holds up no other, and
 * a checkpoint where it is time. Steps are small, and pace.ts says how long it rests between them.
 */
import { Injectable } from '@nestjs/common';
import { CheckpointsService } from './checkpoints.service.js';
import { LedgerService } from './ledger.service.js';
import { BITE_MS, Pace } from './pace.js';
import { BEFORE_ALL } from './recorded-rows.queries.js';
import { SettledIds } from './settled-ids.js';
import { SOURCES } from './sources.js';

const TABLES = [...new Set(SOURCES.filter(({ by }) => by === 'id').map(({ table }) => table))];
/** How often it looks for a checkpoint that is due while nothing is recorded. */
const LOOK_EVERY_MS = 60_000;

@Injectable()
export class LedgerKeeper {
  readonly name = 'ledger-keeper';
  private lookedAtMs = Number.NEGATIVE_INFINITY;
  /** Which source is next. */
  private turn = 0;

  constructor(
    private readonly ledger: LedgerService,
    private readonly checkpoints: CheckpointsService,
    private readonly ids: SettledIds,
    private readonly pace: Pace,
  ) {}

  /** Returns how many rows it has recorded; none while it rests. */
  async workOnce(signal?: AbortSignal): Promise<number> {
    if (this.pace.isResting) return 0;
    const beganMs = this.pace.nowMs();
    const done = await this.bite(beganMs, signal);
    const nowMs = this.pace.nowMs();
    if (done > 0) await this.pace.rest(nowMs - beganMs);
    if (done > 0 || Math.abs(nowMs - this.lookedAtMs) >= LOOK_EVERY_MS) {
      this.lookedAtMs = nowMs;
      await this.checkpoints.keepUp();
    }
    return done;
  }

  private async bite(beganMs: number, signal: AbortSignal | undefined): Promise<number> {
    const settled = await this.ids.look(TABLES);
    let done = 0;
    for (let step = 0; step < SOURCES.length && signal?.aborted !== true; step++) {
      const source = SOURCES[this.turn]!;
      this.turn = (this.turn + 1) % SOURCES.length;
      const stepMs = this.pace.nowMs();
      const most = this.pace.rowsOf(source.name);
      const rows = await this.ledger.record(source, settled.get(source.table) ?? BEFORE_ALL, most);
      const nowMs = this.pace.nowMs();
      if (rows > 0) this.pace.stepped(source.name, rows, nowMs - stepMs);
      done += rows;
      if (done > 0 && nowMs - beganMs >= BITE_MS) break;
    }
    return done;
  }
}
