/*
 * Runs, their reports and the histories of findings, planted by SQL: for what reads them back, without a network.
 */
import type { DataSource } from 'typeorm';
import type { MovedFinding } from '../../src/domain/report/drift/moved.js';
import type { ReportSnapshot, RunVerdict } from '../../src/domain/report/exposure/exposure.js';
import { sha256Of } from '../../src/inventory/inventory-folder.js';

export interface PlantedRun {
  readonly id: string;
  readonly audit: string;
  readonly verdict: RunVerdict;
  readonly finishedAt: Date;
  readonly state?: 'compared' | 'finished';
  readonly because?: string;
  readonly coverage?: ReportSnapshot['coverage'] | null;
}

/** Makes a text the current inventory. */
export async function plantInventory(on: DataSource, yaml: string, at: Date): Promise<void> {
  const sources = [{ file: 'inventory.yaml', text: yaml }];
  await on.query('insert into inventory_version (path, sha256, sources, loaded_at) values ($1, $2, $3, $4)', [
    'inventory.yaml',
    sha256Of({ path: 'inventory.yaml', sources }),
    JSON.stringify(sources),
    at,
  ]);
}

export async function plantRuns(on: DataSource, runs: readonly PlantedRun[]): Promise<void> {
  for (const { id, audit, verdict, finishedAt, ...run } of runs) {
    const began = new Date(finishedAt.getTime() - 60_000);
    await on.query(
      `insert into run (id, audit, due_at, trigger, inventory_version_id, vantage, state, verdict, because, coverage, started_at, finished_at)
       overriding system value
       values ($1, $2, $3, 'manual', (select max(id) from inventory_version), 'local', $4, $5, $6, $7, $3, $8)`,
      [
        ...[id, audit, began, run.state ?? 'finished', verdict, run.because ?? 'as seen'],
        ...[run.coverage ? JSON.stringify(run.coverage) : null, finishedAt],
      ],
    );
  }
}

/** Findings as they stand now, with all of their steps in order. */
export async function plantHistories(on: DataSource, findings: readonly MovedFinding[]): Promise<void> {
  for (const { events, ...finding } of findings) {
    const { id, key, kind, host, address, port, service, owner, severity } = finding;
    await on.query(
      `insert into finding (id, key, kind, host, address, port, service, owner, severity, severity_reasons, evidence, state, confirmations,
         first_seen, last_seen, reopened, evidence_at, looks, turns)
       overriding system value values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '[]', 'seen', $10, 0, $11, $11, 0, $11, '1', '[]')`,
      [id, key, kind, host, address, port, service, owner, severity, events.at(-1)!.to, events[0]!.at],
    );
  }
  const steps = findings.flatMap(({ id, events }) => events.map((event) => ({ id, ...event })));
  await on.query(
    `insert into finding_event (finding_id, run_id, at, actor, from_state, to_state, why)
     select id, run, at, 'somebody', "from", "to", why
     from jsonb_to_recordset($1::jsonb) as step (id bigint, run bigint, at timestamptz, "from" text, "to" text, why text)`,
    [JSON.stringify(steps)],
  );
}
