/*
 * The findings that somebody answers for, as they stand, from the index over what is not over; and who has signed for it before. Reads only.
 */
import type { AttestedBefore } from '../../domain/report/attestation/attestation.js';
import type { StandingFinding } from '../../domain/report/attestation/build-attestation.js';
import type { Rows } from '../gathering/reading.js';

type Row = Omit<StandingFinding, 'openedAt'> & { readonly openedAt: Date | string | null };

export class AttestationQueries {
  constructor(private readonly rows: Rows) {}

  /** @param owner null for everybody's, and nobody's */
  async standing(owner: string | null): Promise<StandingFinding[]> {
    const rows = (await this.rows.query(
      `select id::text, key, kind, severity, host, address, port, service, owner, state, opened_at as "openedAt",
         accepted_until::text as "acceptedUntil", accepted_by as "acceptedBy"
       from finding where state in ('open', 'acknowledged', 'accepted') and ($1::text is null or owner = $1) order by finding.id`,
      [owner],
    )) as Row[];
    return rows.map((row) => ({ ...row, openedAt: row.openedAt === null ? null : new Date(row.openedAt) }));
  }

  /** The last time that somebody has signed for each owner. */
  async signed(until: Date): Promise<AttestedBefore[]> {
    const rows = (await this.rows.query(
      `select distinct on (owner) owner, report_id::text as report, by, at, statement, comment, snapshot_sha256 as "snapshotSha256"
       from report_signoff where at <= $1 order by owner, id desc`,
      [until],
    )) as AttestedBefore[];
    return rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }));
  }
}
