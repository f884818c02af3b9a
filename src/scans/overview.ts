/*
 * What the overview knows: each audit's verdict, how the findings stand, the last runs, and whether the scanner can be believed. For
 * its page, for the stream that keeps the page up to date, and for programs.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { spaceLeft } from '../platform/disk-space.js';
import { AuditBook, type Book } from './audit-book.js';
import { type GateLook, type RunRow, ScansQueries } from './scans.queries.js';
import { type Standing, StandingCount } from './standing.js';

const RUNS_SHOWN = 8;

export interface OverviewFacts {
  readonly version: string;
  readonly at: Date;
  readonly book: Book;
  readonly standing: Standing;
  readonly runs: readonly RunRow[];
  /** The last time that the scanner was asked whether it can see. */
  readonly gate: GateLook | null;
  /** Bytes; null where it can't be said. */
  readonly diskLeft: number | null;
}

@Injectable()
export class Overview {
  constructor(
    @Inject(AuditBook) private readonly book: AuditBook,
    @Inject(ScansQueries) private readonly queries: ScansQueries,
    @Inject(StandingCount) private readonly standing: StandingCount,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  version(): Promise<string> {
    return this.queries.overviewVersion();
  }

  async facts(): Promise<OverviewFacts> {
    // Asked for first, so that whatever changes meanwhile is noticed by the stream.
    const version = await this.version();
    const book = await this.book.all();
    const left = spaceLeft(this.config.dataDir);
    return {
      version,
      at: this.clock(),
      book,
      standing: await this.standing.now(book.current?.inventory.deadlines),
      runs: await this.queries.runs({ before: null, limit: RUNS_SHOWN }),
      gate: await this.queries.lastGateLook(),
      diskLeft: Number.isFinite(left) ? left : null,
    };
  }
}
