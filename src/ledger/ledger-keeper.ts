/*
 * Keeps the ledger up to date: a step of each source in turn, so that one with a million rows to catch up with holds up no other, and
 * a checkpoint where it is time. Steps are small, and between two of them everybody else has their turn.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../platform/clock.js';
import { CheckpointsService } from './checkpoints.service.js';
import { LedgerService } from './ledger.service.js';
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

  constructor(
    private readonly ledger: LedgerService,
    private readonly checkpoints: CheckpointsService,
    private readonly ids: SettledIds,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns how many rows it has recorded. */
  async workOnce(signal?: AbortSignal): Promise<number> {
    const settled = await this.ids.look(TABLES);
    let done = 0;
    for (const source of SOURCES) {
      if (signal?.aborted) return done;
      done += await this.ledger.record(source, settled.get(source.table) ?? BEFORE_ALL);
    }
    const nowMs = this.clock().getTime();
    if (done > 0 || Math.abs(nowMs - this.lookedAtMs) >= LOOK_EVERY_MS) {
      this.lookedAtMs = nowMs;
      await this.checkpoints.keepUp();
    }
    return done;
  }
}
