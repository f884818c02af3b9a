/*
 * The runs that reports rest on, each with the hash of its own report's evidence. Reads only, and by indexes: an audit has hundreds of
 * thousands of runs.
 */
import type { Coverage, RunVerdict } from '../../domain/report/exposure/exposure.js';
import type { SourceRun } from '../../domain/report/head.js';
import type { Rows } from '../gathering/reading.js';

export interface EndedRun extends SourceRun {
  readonly because: string | null;
}

/** The last runs of an audit that ended in a time. */
export interface LastRuns {
  readonly last: EndedRun | null;
  /** The last that can be trusted, and whose evidence is still there. */
  readonly trusted: EndedRun | null;
}

interface Row extends Omit<EndedRun, 'startedAt' | 'finishedAt' | 'coverage' | 'verdict'> {
  readonly verdict: RunVerdict;
  readonly coverage: Coverage | null;
  readonly startedAt: Date | string | null;
  readonly finishedAt: Date | string;
}

const RUN = `select run.id::text as run, run.audit, run.verdict, run.because, run.coverage, run.vantage, run.started_at as "startedAt",
  run.finished_at as "finishedAt", report.snapshot_sha256 as "snapshotSha256"
from run left join report on report.run_id = run.id`;

const LAST = `${RUN} where run.audit = $1 and run.state = 'finished' and run.verdict is not null
  and run.finished_at >= $2 and run.finished_at < $3 and CONDITION order by run.id desc limit 1`;
const TRUSTED = `run.verdict in ('clean', 'drift') and report.snapshot is not null`;

/** It never came to look. */
const NOTHING: Coverage = { expected: 0, probed: 0, answered: 0, unknown: 0 };

export class SourceRunsQueries {
  constructor(private readonly rows: Rows) {}

  /** Those of the names that no run has. */
  async withoutRuns(audits: readonly string[]): Promise<string[]> {
    const rows = (await this.rows.query(
      `select name from jsonb_array_elements_text($1::jsonb) as name where not exists (select from run where audit = name)`,
      [JSON.stringify(audits)],
    )) as Array<{ name: string }>;
    return rows.map(({ name }) => name);
  }

  async lastOf(audit: string, { from, until }: { from: Date; until: Date }): Promise<LastRuns> {
    const one = async (condition: string): Promise<EndedRun | null> => {
      const rows = await this.rows.query(LAST.replace('CONDITION', condition), [audit, from, until]);
      return (rows as Row[]).map(revived)[0] ?? null;
    };
    const last = await one('true');
    return { last, trusted: last === null ? null : await one(TRUSTED) };
  }

  async runs(rows: Rows, ids: readonly string[]): Promise<SourceRun[]> {
    const found: Row[] = await rows.query(
      `${RUN} where run.id in (select text::bigint from jsonb_array_elements_text($1::jsonb) as text) order by run.id`,
      [JSON.stringify(ids)],
    );
    return found.map(revived).map(({ because: _, ...run }) => run);
  }

  /** The very text that was hashed; null where it has been let go. */
  async evidence(run: string): Promise<{ readonly text: string; readonly sha256: string } | null> {
    const [row] = (await this.rows.query(
      'select snapshot as text, snapshot_sha256 as sha256 from report where run_id = $1 and snapshot is not null',
      [run],
    )) as Array<{ text: string; sha256: string }>;
    return row ?? null;
  }
}

function revived(row: Row): EndedRun {
  const finishedAt = new Date(row.finishedAt).toISOString();
  return {
    ...row,
    coverage: row.coverage ?? NOTHING,
    startedAt: row.startedAt === null ? finishedAt : new Date(row.startedAt).toISOString(),
    finishedAt,
  };
}
