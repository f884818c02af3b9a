/*
 * The head of a report (head.ts), of what was read: the runs newest first, as many as fit. One that ended before it could see anything
 * has probed nothing. Pure.
 */
import type { Inventory } from '../inventory.js';
import type { EvidenceRun } from './compliance/compliance-facts.js';
import type { ReportHead, SourceRun } from './head.js';
import { keptRows, MOST_BYTES } from './kept-rows.js';
import type { ReportParameters } from './parameters.js';

const NOTHING_SEEN = { expected: 0, probed: 0, answered: 0, unknown: 0 };

interface Read {
  readonly parameters: ReportParameters;
  readonly madeAt: Date;
  readonly inventory: Inventory;
  readonly version: { readonly id: string; readonly path: string; readonly sha256: string };
  readonly runs: readonly EvidenceRun[];
  readonly toolVersion: string;
}

export function headOf({ parameters, madeAt, inventory, version, runs, toolVersion }: Read): ReportHead {
  const listed = keptRows(newestFirst(runs).map(sourceRun), MOST_BYTES.runs).rows;
  return {
    parameters,
    madeAt: madeAt.toISOString(),
    inventory: { version: version.id, path: version.path, sha256: version.sha256 },
    scopes: inventory.scopes
      .filter(({ name }) => parameters.scope === null || name === parameters.scope)
      .map(({ name, allow, exclude, authorisedBy, until }) => ({
        ...{ name, allow: allow.toStrings(), exclude: exclude.toStrings(), authorisedBy, until },
      })),
    runs: listed,
    ...(listed.length < runs.length ? { runsLeftOut: runs.length - listed.length } : {}),
    tool: { name: 'portolan', version: toolVersion },
  };
}

export const newestFirst = (runs: readonly EvidenceRun[]): EvidenceRun[] =>
  [...runs].sort((a, b) => Number(BigInt(b.run) - BigInt(a.run)));

function sourceRun(run: EvidenceRun): SourceRun {
  return {
    ...{ run: run.run, audit: run.audit, verdict: run.verdict },
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt.toISOString(),
    vantage: run.vantage,
    coverage: run.coverage ?? NOTHING_SEEN,
    snapshotSha256: run.snapshotSha256,
  };
}
