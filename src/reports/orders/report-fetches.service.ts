/*
 * Who has fetched which report, when and how: written before the first byte goes out, so that nobody has what the record does not say.
 * What a reader has already, and so is not sent again (304), is not fetched.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { ReportFetch, type WayToFetch } from './orders.entities.js';

const SHOWN_MOST = 50;

export interface Fetching {
  readonly reportId: string;
  /** Whoever it was, as the record names them. */
  readonly by: string;
  readonly how: WayToFetch;
  /** `pdf`, `csv`, … */
  readonly form: string;
}

@Injectable()
export class ReportFetchesService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async record(fetching: Fetching): Promise<void> {
    await this.database.getRepository(ReportFetch).insert({ ...fetching, at: this.clock() });
  }

  /** The latest first, and how many there are in all. */
  async of(reportId: string): Promise<{ readonly latest: ReportFetch[]; readonly total: number }> {
    const [latest, total] = await this.database
      .getRepository(ReportFetch)
      .findAndCount({ where: { reportId }, order: { id: 'DESC' }, take: SHOWN_MOST });
    return { latest, total };
  }
}
