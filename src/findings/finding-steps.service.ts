/*
 * The steps of all findings in the order in which they were made, for whoever follows them. Their history is written in the
 * transaction that moves them, one transaction at a time (findings.service.ts): nothing appears later below a step that
 * has been read, and whoever remembers how far they are misses nothing.
 */
import { Injectable } from '@nestjs/common';
import { type EntityManager, In } from 'typeorm';
import type { FindingOutline, StandingFinding } from '../domain/alert-groups.js';
import type { FindingState } from '../domain/finding.js';
import { FindingRow } from './findings.entities.js';

export interface FindingStep {
  readonly eventId: string;
  readonly from: FindingState | null;
  readonly to: FindingState;
  readonly at: Date;
  /** Whose run has made it; null where none has. */
  readonly audit: string | null;
  /** As it stands now. */
  readonly finding: StandingFinding;
}

@Injectable()
export class FindingStepsService {
  async after(rows: EntityManager, eventId: string, most: number): Promise<FindingStep[]> {
    return this.read(rows, 'event.id > $1 order by event.id limit $2', [eventId, most]);
  }

  /** What one run has made of findings. */
  async ofRun(rows: EntityManager, runId: string): Promise<FindingStep[]> {
    return this.read(rows, 'event.run_id = $1 order by event.id', [runId]);
  }

  /** The last run, of an audit or of any, that has moved a finding. */
  async lastRun(rows: EntityManager, audit: string | null): Promise<{ id: string; audit: string } | null> {
    const [run] = (await rows.query(
      `select run.id::text, run.audit from run where ($1::text is null or run.audit = $1)
         and exists (select from finding_event where finding_event.run_id = run.id) order by run.id desc limit 1`,
      [audit],
    )) as Array<{ id: string; audit: string }>;
    return run ?? null;
  }

  private async read(rows: EntityManager, where: string, parameters: unknown[]): Promise<FindingStep[]> {
    const steps = (await rows.query(
      `select event.id::text as "eventId", event.finding_id::text as "findingId", event.from_state as "from",
         event.to_state as "to", event.at, run.audit
       from finding_event as event left join run on run.id = event.run_id where ${where}`,
      parameters,
    )) as Array<Omit<FindingStep, 'finding' | 'at'> & { findingId: string; at: string | Date }>;
    const findings = await this.standing(
      rows,
      steps.map(({ findingId }) => findingId),
    );
    return steps.map(({ findingId, at, ...step }) => ({
      ...step,
      at: new Date(at),
      finding: findings.get(findingId)!,
    }));
  }

  /** Of each what routes and groups ask for, and no more: there may be tens of thousands. */
  async outlines(rows: EntityManager, ids: readonly string[]): Promise<Map<string, FindingOutline>> {
    const found = (await rows.query(
      `select id::text, key, kind, severity, state, host, owner, address from finding
       where id in (select text::bigint from jsonb_array_elements_text($1::jsonb) as text)`,
      [JSON.stringify([...new Set(ids)])],
    )) as FindingOutline[];
    return new Map(found.map((one) => [one.id, one]));
  }

  /** Findings as they stand, by their ids. */
  async standing(rows: EntityManager, ids: readonly string[]): Promise<Map<string, StandingFinding>> {
    if (ids.length === 0) return new Map();
    const found = await rows.find(FindingRow, { where: { id: In([...new Set(ids)]) } });
    return new Map(found.map((row) => [row.id, row]));
  }
}
