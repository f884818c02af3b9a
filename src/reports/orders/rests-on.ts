/*
 * What a report that was asked for rests on, as its page says it: so much of the snapshot's head as is read at a time, kept beside it, for
 * the snapshot of a year is large. Pure; nothing is said here that the snapshot does not say.
 */
import { z } from 'zod';
import { ReportSnapshot, type RunVerdict } from '../../domain/report/exposure/exposure.js';
import { reportHead, type SourceRun } from '../../domain/report/head.js';

const RUNS_SHOWN = 50;

export interface RestsOn {
  readonly inventory: { readonly path: string; readonly sha256: string } | null;
  /** How many runs there are, and how many of each verdict, of those that are listed. */
  readonly total: number;
  readonly verdicts: Readonly<Partial<Record<RunVerdict, number>>>;
  /** The latest of them, the newest first. */
  readonly runs: readonly Pick<SourceRun, 'run' | 'audit' | 'verdict' | 'finishedAt' | 'snapshotSha256'>[];
}

const Head = z.object({
  runs: reportHead.runs,
  runsLeftOut: reportHead.runsLeftOut,
  inventory: reportHead.inventory,
});
const OfOneRun = ReportSnapshot.pick({
  run: true,
  audit: true,
  verdict: true,
  finishedAt: true,
  inventory: true,
});

export function restsOn(snapshot: object): RestsOn {
  const head = Head.safeParse(snapshot);
  if (head.success) return summary(head.data.runs, head.data.inventory, head.data.runsLeftOut);
  const one = OfOneRun.safeParse(snapshot);
  if (!one.success) return summary([], null);
  const { inventory, ...run } = one.data;
  return summary([{ ...run, snapshotSha256: null }], inventory);
}

function summary(all: RestsOn['runs'], inventory: RestsOn['inventory'], leftOut = 0): RestsOn {
  const verdicts: Partial<Record<RunVerdict, number>> = {};
  for (const { verdict } of all) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  const newest = [...all].sort((a, b) => Date.parse(b.finishedAt) - Date.parse(a.finishedAt));
  const runs = newest.slice(0, RUNS_SHOWN).map(({ run, audit, verdict, finishedAt, snapshotSha256 }) => ({
    ...{ run, audit, verdict, finishedAt, snapshotSha256 },
  }));
  return {
    inventory: inventory && { path: inventory.path, sha256: inventory.sha256 },
    ...{ total: all.length + leftOut, verdicts, runs },
  };
}
