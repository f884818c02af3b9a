/*
 * Keeps who has signed an attestation for which owner. What is signed is the evidence, by its hash, in the words that the report itself
 * has; an owner is signed for once in a report. An owner's account signs for its owners, in reports that are about them alone; whoever
 * sees everybody's things may sign for anybody.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../../domain/access.js';
import { AttestationSnapshot } from '../../domain/report/attestation/attestation.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { Refusal } from '../../platform/refusal.js';
import { wordsIn } from '../drawing/words.js';
import { statementOf } from '../kinds/attestation-view.js';
import { ReportSignOff } from './sign-offs.entities.js';

export interface Attestation {
  readonly id: string;
  readonly snapshot: AttestationSnapshot;
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
    const snapshot = row && AttestationSnapshot.parse(JSON.parse(row.text));
    const about = snapshot?.parameters.owner ?? null;
    if (!snapshot || (owners !== null && (about === null || !owners.includes(about))))
      throw new Refusal('not-found', `there is no report ${id.slice(0, 20)} that is to be signed`);
    return { id, snapshot, sha256: row.sha256 };
  }

  /** Those of one report, in their order. */
  async of(reportId: string): Promise<ReportSignOff[]> {
    return this.database.getRepository(ReportSignOff).find({ where: { reportId }, order: { id: 'ASC' } });
  }

  async sign(
    { id, snapshot, sha256 }: Attestation,
    { owner, by, comment }: SigningFor,
  ): Promise<ReportSignOff> {
    const told = snapshot.owners.find((one) => one.owner === owner);
    if (!told) throw new Refusal('not-found', `report ${id} tells of no owner '${owner.slice(0, 100)}'`);
    const statement = statementOf(told, snapshot, wordsIn(snapshot.parameters.language));
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

  private async read(id: string): Promise<Array<{ text: string; sha256: string }>> {
    return this.database.query(
      `select snapshot as text, snapshot_sha256 as sha256 from report
       where id = $1 and left(snapshot, 40) like '{"format":"portolan-attestation/1"%'`,
      [id],
    );
  }
}
