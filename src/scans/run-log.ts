/*
 * What becomes of runs, as lines of the log, for people and collectors alike: one a change, with the run's number and its
 * audit. Whoever writes a change says so here, after its transaction has committed: a line about what was rolled back
 * would be a lie. Who ended a run, or why it was turned away, may be in it; what was seen on the network is in the findings.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Skipped } from '../domain/agenda.js';
import type { RunVerdict } from '../domain/report/exposure/exposure.js';
import { LOGGER } from '../platform/log.js';
import type { Run } from './scans.entities.js';

type Named = Pick<Run, 'id' | 'audit'>;

export interface RunEnd {
  readonly verdict: RunVerdict;
  readonly because: string;
  readonly startedAt: Date | null;
  readonly finishedAt: Date;
}

@Injectable()
export class RunLog {
  constructor(@Inject(LOGGER) private readonly log: Logger) {}

  made(id: string, { audit, dueAt, trigger }: Pick<Run, 'audit' | 'dueAt' | 'trigger'>): void {
    this.log.info({ run: id, audit, dueAt, trigger }, 'a run was made');
  }

  started({ id, audit }: Named, probes: number): void {
    this.log.info({ run: id, audit, probes }, 'a run has started');
  }

  looked({ id, audit }: Named, look: { round: number; drifts: number; suspected: number }): void {
    this.log.info({ run: id, audit, ...look }, 'a look has finished');
  }

  ended(run: Named, end: RunEnd): void {
    this.log.info(endOf(run, end), 'a run has ended');
  }

  turnedAway(run: Named, end: RunEnd): void {
    this.log.info(endOf(run, end), 'a run was turned away by its gate');
  }

  cancelled(run: Named, end: RunEnd): void {
    this.log.info(endOf(run, end), 'a run was cancelled');
  }

  skipped(audit: string, { first, last, slots, why, detail }: Skipped): void {
    this.log.info({ audit, slots, reason: why, detail, first, last }, 'slots were skipped');
  }
}

function endOf({ id, audit }: Named, { verdict, because, startedAt, finishedAt }: RunEnd) {
  const durationMs = startedAt === null ? 0 : finishedAt.getTime() - startedAt.getTime();
  return { run: id, audit, verdict, because, durationMs };
}
