/*
 * Every write about checks of the ledger. One server at a time is at one, for no longer than its lease; whoever dies over it leaves it to
 * be gone on with, from the last entry that was checked.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { START } from '../domain/ledger.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { LedgerEntryRow } from './ledger.entities.js';
import { type CheckOutcome, type KeptTrouble, LedgerCheckRow } from './ledger-checks.entities.js';
import type { VerifiedPart } from './ledger-verifier.js';

/** Longer than a step and the rest after it. */
const LEASE_MS = 120_000;
const DAY_MS = 86_400_000;
const TROUBLES_KEPT = 50;
const PROBLEM_MOST = 1000;

/** What somebody has asked for comes before what comes by itself. */
const CLAIM = `
update ledger_check set leased_until = $2, attempts = attempts + 1
where id = (select id from ledger_check where ended_at is null and (leased_until is null or leased_until <= $1)
  order by kind, id limit 1 for update skip locked)
returning id::text`;

@Injectable()
export class LedgerChecksService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Where one that somebody asked for is under way, it is that. */
  async ask(by: string): Promise<LedgerCheckRow> {
    await this.begin('asked', by);
    const rows = this.database.getRepository(LedgerCheckRow);
    const open = await rows.findOne({ where: { kind: 'asked' }, order: { id: 'DESC' } });
    return open!;
  }

  /** That of the day, where none was begun since yesterday, whoever asked for it. A chain that has just begun has time. */
  async askDaily(): Promise<void> {
    const rows = this.database.getRepository(LedgerCheckRow);
    const [last] = await rows.find({ order: { id: 'DESC' }, take: 1 });
    const since = last?.askedAt ?? (await this.beginning());
    if (since === null || last?.endedAt === null) return;
    // Also where the clock was set back.
    if (Math.abs(this.clock().getTime() - since.getTime()) >= DAY_MS) await this.begin('daily', null);
  }

  async claim(): Promise<LedgerCheckRow | null> {
    const now = this.clock();
    const until = new Date(now.getTime() + LEASE_MS);
    const [[claimed]] = (await this.database.query(CLAIM, [now, until])) as [Array<{ id: string }>];
    return claimed ? this.database.getRepository(LedgerCheckRow).findOneByOrFail({ id: claimed.id }) : null;
  }

  /** A part more was checked. Returns it as it is now; null where the lease has left us, and somebody else goes on. */
  async advance(check: LedgerCheckRow, part: VerifiedPart): Promise<LedgerCheckRow | null> {
    const kept = part.troubles.slice(0, TROUBLES_KEPT - check.troubles.length);
    const change = {
      ...{ seq: part.standing.seq, hash: part.standing.hash, waiting: part.waiting },
      ...{ entries: check.entries + part.entries, rows: check.rows + part.rows },
      checkpoints: check.checkpoints + part.checkpoints,
      troubles: [...check.troubles, ...kept.map(keptOf)],
      troubleCount: check.troubleCount + part.troubles.length,
      notes: [...check.notes, ...part.notes],
      leasedUntil: new Date(this.clock().getTime() + LEASE_MS),
    };
    return (await this.change(check, change)) ? { ...check, ...change } : null;
  }

  async end(check: LedgerCheckRow, outcome: CheckOutcome, problem: string | null = null): Promise<void> {
    const endedAt = this.clock();
    const why = problem?.slice(0, PROBLEM_MOST) ?? null;
    await this.change(check, { endedAt, outcome, problem: why, leasedUntil: null });
  }

  private async change({ id, attempts }: LedgerCheckRow, change: Partial<LedgerCheckRow>): Promise<boolean> {
    const rows = this.database.getRepository(LedgerCheckRow);
    const { affected } = await rows.update({ id, attempts, endedAt: IsNull() }, change as never);
    return affected === 1;
  }

  /** When the first entry was written; null where there is none. */
  private async beginning(): Promise<Date | null> {
    const rows = this.database.getRepository(LedgerEntryRow);
    const [first] = await rows.find({ select: { seq: true, at: true }, order: { seq: 'ASC' }, take: 1 });
    return first?.at ?? null;
  }

  private async begin(kind: LedgerCheckRow['kind'], by: string | null): Promise<void> {
    const values = { kind, by, askedAt: this.clock(), seq: START.seq, hash: START.hash };
    const rows = this.database.getRepository(LedgerCheckRow);
    await rows.createQueryBuilder().insert().values(values).orIgnore().execute();
  }
}

const keptOf = ({ what, entry, source, says }: KeptTrouble): KeptTrouble => ({ what, entry, source, says });
