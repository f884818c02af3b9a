/*
 * Keeps who has signed an attestation for which owner. What is signed is the evidence, by its hash, in the words that the report itself
 * has; an owner is signed for once in a report. An owner's account signs for its owners, in reports that are about them alone; whoever
 * sees everybody's things may sign for anybody.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import type { Actor } from '../../domain/access.js';
import { AttestationSnapshot } from '../../domain/report/attestation/attestation.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { Refusal } from '../../platform/refusal.js';
import { wordsIn } from '../drawing/words.js';
import { statementOf } from '../kinds/attestation-view.js';
import { ReportSignOff } from './sign-offs.entities.js';

/** So much of an attestation as it takes to sign it. Its lists may be tens of megabytes, and stay where they are. */
const ToSign = z.object({
  madeAt: AttestationSnapshot.shape.madeAt,
  parameters: AttestationSnapshot.shape.parameters,
  owners: AttestationSnapshot.shape.owners,
});

export interface Attestation extends z.infer<typeof ToSign> {
  readonly id: string;
  readonly sha256: string;
}

export interface SigningFor {
  readonly owner: string;
  readonly by: string;
  readonly comment: string | null;
}

@Injectable()
export class SignOffsService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws a Refusal where there is none, or none that they see. */
  async attestation(id: string, { owners }: Pick<Actor, 'owners'>): Promise<Attestation> {
    const [row] = /^\d{1,18}$/.test(id) ? await this.read(id) : [];
    const told = row && ToSign.parse(row);
    const about = told?.parameters.owner ?? null;
    if (!told || (owners !== null && (about === null || !owners.includes(about))))
      throw new Refusal('not-found', `there is no report ${id.slice(0, 20)} that is to be signed`);
    return { ...told, id, sha256: row.sha256 };
  }

  /** Those of one report, in their order. */
  async of(reportId: string): Promise<ReportSignOff[]> {
    return this.database.getRepository(ReportSignOff).find({ where: { reportId }, order: { id: 'ASC' } });
  }

  async sign(attestation: Attestation, { owner, by, comment }: SigningFor): Promise<ReportSignOff> {
    const { id, sha256, parameters } = attestation;
    const told = attestation.owners.find((one) => one.owner === owner);
    if (!told) throw new Refusal('not-found', `report ${id} tells of no owner '${owner.slice(0, 100)}'`);
    const statement = statementOf(told, attestation, wordsIn(parameters.language));
    const row = { reportId: id, owner, by, at: this.clock(), statement, comment, snapshotSha256: sha256 };
    const signed = await this.database
      .createQueryBuilder()
      .insert()
      .into(ReportSignOff)
      .values(row)
      .orIgnore()
      .returning('id')
      .execute();
    const [made] = signed.raw as Array<{ id: string }>;
    if (!made) throw new Refusal('conflict', `report ${id} is signed already for ${owner}`);
    return { ...row, id: made.id };
  }

  private async read(id: string): Promise<Array<{ readonly sha256: string }>> {
    return this.database.query(
      `select snapshot_sha256 as sha256, told.* from report
       cross join lateral json_to_record(report.snapshot::json) as told ("madeAt" text, parameters json, owners json)
       where id = $1 and left(snapshot, 40) like '{"format":"portolan-attestation/1"%'`,
      [id],
    );
  }
}
