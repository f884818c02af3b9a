/*
 * How each audit's runs have ended of late: whether the last one could be believed, and when one could last.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export interface RunsOfAudit {
  readonly audit: string;
  readonly isPaused: boolean;
  readonly trustedAt: Date | null;
  /** The last run that has ended, where it judged nothing though nobody has cancelled it. */
  readonly spoilt: { readonly at: Date; readonly because: string } | null;
}

@Injectable()
export class AuditHealthService {
  constructor(private readonly database: DataSource) {}

  async of(audits: readonly string[]): Promise<RunsOfAudit[]> {
    const rows = (await this.database.query(
      `select named.audit, agenda.paused_at is not null as paused, last.because, last.finished_at as ended,
         last.coverage is null as spoilt,
         (select max(finished_at) from run where run.audit = named.audit and run.coverage is not null) as trusted
       from jsonb_array_elements_text($1::jsonb) as named (audit)
       left join agenda on agenda.audit = named.audit
       left join lateral (select * from run where run.audit = named.audit and run.verdict is not null
         and run.cancelled_at is null order by run.id desc limit 1) as last on true`,
      [JSON.stringify(audits)],
    )) as Array<{
      audit: string;
      paused: boolean;
      because: string | null;
      ended: Date | string | null;
      spoilt: boolean | null;
      trusted: Date | string | null;
    }>;
    return rows.map(({ audit, paused, because, ended, spoilt, trusted }) => ({
      audit,
      isPaused: paused,
      trustedAt: trusted === null ? null : new Date(trusted),
      spoilt: spoilt && ended !== null ? { at: new Date(ended), because: because ?? '' } : null,
    }));
  }
}
