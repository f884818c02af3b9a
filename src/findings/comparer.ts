/*
 * Compares a run's observations with what was declared, and moves findings, all in one transaction. Safe to run
 * twice: the evidence carries the time at which its look began, and a finding ignores what is no newer than what it
 * has seen. The beginning, not the end: a long look that ends late must not overrule what a short one saw meanwhile.
 *
 * Nothing is judged by a look whose scanner could not see: the gatekeeper is asked first. Where it is this server that can't
 * see now, it lets others judge for a while.
 *
 * A drift at first sight is only suspected. As long as the audit wants a fresh look, the comparer orders one for the
 * suspected ports alone and leaves the run open; then it closes the run with its verdict.
 */
import assert from 'node:assert/strict';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { advance } from '../domain/advance.js';
import { concerns, confirmationTargets, decideVerdict } from '../domain/compare-run.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { type RunLook, RunLooks } from '../scans/run-looks.js';
import { ScansService } from '../scans/scans.service.js';
import { FindingsService } from './findings.service.js';

type Run = Awaited<ReturnType<ScansService['run']>>;

/** One that could not see lets others have the work for so long. */
const BLIND_REST_MS = 30_000;

@Injectable()
export class Comparer {
  readonly name = 'comparer';
  private blindSince: Date | null = null;

  constructor(
    private readonly database: DataSource,
    private readonly scans: ScansService,
    private readonly looks: RunLooks,
    private readonly findings: FindingsService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async workOnce(signal?: AbortSignal): Promise<number> {
    if (this.isResting()) return 0;
    return this.scans.workOnNext('observed', this.name, async (run) => {
      const seen = await this.looks.of(run);
      if (!seen.ok) return this.scans.fail(run, seen.why);
      const { blindness, isFinal } = await this.looks.blindnessOf(run, seen, signal);
      this.blindSince = blindness === null || isFinal ? null : this.clock();
      if (this.blindSince) return;
      if (blindness !== null) {
        const looks = seen.scans.length;
        const first = looks > 1 ? '; what it had seen before was judged' : '';
        return this.scans.endBlind(run, `${blindness}${first}`, looks);
      }
      const judged = await this.database.transaction((rows) => this.judge(rows, run, seen));
      if (!judged) return;
      this.scans.told.looked(run, judged.look);
      if (judged.end) this.scans.told.ended(run, judged.end);
    });
  }

  /** Also a clock that is set back ends it. */
  private isResting(): boolean {
    if (this.blindSince === null) return false;
    const restedMs = this.clock().getTime() - this.blindSince.getTime();
    return restedMs >= 0 && restedMs < BLIND_REST_MS;
  }

  /** What is to be told of it once it is committed; null where another server has done it. */
  private async judge(rows: EntityManager, run: Run, seen: RunLook) {
    const { plan, comparison, scans } = seen;
    if (!(await this.scans.hold(rows, run, scans))) return null;
    const last = scans.at(-1);
    assert(last?.finishedAt, `run ${run.id} is observed, so that its last scan has ended`);
    const { drifts, judges } = comparison;
    const known = await this.findings.forEvidence(
      rows,
      drifts.map(({ key }) => key),
    );
    const { confirm, open, resolve } = plan.audit;
    const { times } = confirm;
    const look = { actor: `run ${run.id}`, at: last.notBefore, order: Number(last.id), drifts, judges };
    const evidence = { ...look, confirmTimes: times, open, resolve };
    const advanced = advance(known, evidence, this.clock());
    await this.findings.save(rows, run.id, advanced);
    for (const finding of advanced.changed) known.set(finding.key, finding);

    const current = Array.from(known.values()).filter((finding) => concerns(plan, finding));
    const suspected = current.filter(({ state }) => state === 'suspected');
    const told = { round: last.round, drifts: drifts.length, suspected: suspected.length };
    if (last.round < times && suspected.length > 0) {
      await this.scans.orderConfirmation(rows, run, last, confirmationTargets(plan, suspected), plan.audit);
      return { look: told, end: null };
    }
    const { coverage } = comparison;
    const doubts = {
      shardsGivenUp: seen.shardsGivenUp,
      // Seen to drift, and yet resolved by what another run saw later: then this run is not the one to call it clean.
      denied: comparison.verdicts
        .flatMap(({ drift }) => drift)
        .filter(({ key }) => known.get(key)?.state === 'resolved').length,
    };
    const end = await this.scans.close(rows, run, {
      ...decideVerdict(current, coverage, doubts),
      coverage,
      judged: current,
    });
    return { look: told, end };
  }
}
