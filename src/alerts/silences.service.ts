/*
 * Every write to silences. One that is ended before its time lets go of what it has held, in the same transaction: it is told
 * with the next step of the notifier.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource, type EntityManager, IsNull, LessThanOrEqual, MoreThan } from 'typeorm';
import { receiverNames } from '../domain/routing.js';
import { fitsEverything, type SilenceMatch } from '../domain/silence.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { LOGGER } from '../platform/log.js';
import { Refusal } from '../platform/refusal.js';
import { NoticeRow } from './alerts.entities.js';
import { alone } from './alone.js';
import { SilenceRow } from './silences.entities.js';

export interface NewSilence {
  readonly match: SilenceMatch;
  readonly forMs: number;
  /** When it begins; null for now. */
  readonly from: Date | null;
  readonly why: string;
  readonly by: string;
}

/** What is further away nobody knows yet. */
const AHEAD_MOST_MS = 90 * 86_400_000;

@Injectable()
export class SilencesService {
  constructor(
    private readonly database: DataSource,
    private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Begins one, now or later. */
  async begin({ match, forMs, from, why, by }: NewSilence): Promise<SilenceRow> {
    await this.refuse(match);
    const now = this.clock();
    const beginsAt = from !== null && from > now ? from : now;
    if (beginsAt.getTime() - now.getTime() > AHEAD_MOST_MS)
      throw new Refusal('bad-input', 'that is too far ahead; expected a beginning within 90 days');
    const until = new Date(beginsAt.getTime() + forMs);
    const row = { match, why, madeAt: now, madeBy: by, beginsAt, until };
    const made = await this.database.getRepository(SilenceRow).save({ ...row, endedAt: null, endedBy: null });
    this.log.info({ silence: made.id, by, from: made.beginsAt, until: made.until }, 'a silence was made');
    return made;
  }

  /** Throws Refusal where nobody may be silent about that. */
  async refuse(match: SilenceMatch): Promise<void> {
    if (fitsEverything(match))
      throw new Refusal(
        'bad-input',
        'a silence of everything is not to be had; expected a host, an owner, an audit, or what else it is about',
      );
    await this.refuseUnknown(match);
  }

  async get(id: string, rows: EntityManager = this.database.manager): Promise<SilenceRow> {
    const row = await rows.findOneBy(SilenceRow, { id: /^\d{1,18}$/.test(id) ? id : '0' });
    if (!row) throw new Refusal('not-found', `there is no silence ${id.slice(0, 40)}`);
    return row;
  }

  /**
   * Ends one before its time.
   *
   * @param refuse throws where it is not what whoever asks has seen
   */
  async end(
    id: string,
    by: string,
    refuse: (found: SilenceRow) => void = () => undefined,
  ): Promise<SilenceRow> {
    const now = this.clock();
    const ended = await alone(this.database, async (rows) => {
      const row = await this.get(id, rows);
      refuse(row);
      if (row.endedAt || row.until <= now) throw new Refusal('conflict', `silence ${id} is over already`);
      await rows.update(NoticeRow, { heldBy: id }, { heldBy: null, pendingDue: now });
      return rows.save(SilenceRow, { ...row, endedAt: now, endedBy: by });
    });
    this.log.info({ silence: id, by }, 'a silence was ended');
    return ended;
  }

  /** Those that hold now. */
  async current(rows: EntityManager = this.database.manager): Promise<SilenceRow[]> {
    const now = this.clock();
    const where = { endedAt: IsNull(), beginsAt: LessThanOrEqual(now), until: MoreThan(now) };
    return rows.find(SilenceRow, { where, order: { until: 'ASC', id: 'ASC' } });
  }

  /** Those that are over among them; the latest first. */
  async latest(most: number): Promise<SilenceRow[]> {
    return this.database.getRepository(SilenceRow).find({ order: { id: 'DESC' }, take: most });
  }

  /** A name that nobody has would silence nothing, and whoever wrote it would believe that it does. */
  private async refuseUnknown({ owners, audits, receivers, vantages }: SilenceMatch): Promise<void> {
    const inventory = (await this.inventory.current())?.inventory;
    if (!inventory) return;
    const known: ReadonlyArray<[string, readonly string[], readonly string[]]> = [
      ['owner', owners, [...inventory.owners.keys()]],
      ['audit', audits, inventory.audits.map(({ name }) => name)],
      ['vantage', vantages, inventory.vantages.map(({ name }) => name)],
      ['receiver', receivers, receiverNames(inventory)],
    ];
    for (const [what, asked, names] of known) {
      const stranger = asked.find((name) => !names.includes(name));
      if (stranger !== undefined)
        throw new Refusal(
          'bad-input',
          `there is no ${what} '${stranger.slice(0, 100)}' in the inventory, and so nothing to be silent about`,
        );
    }
  }
}
