/*
 * Runs for programs: the list, one with what it says of itself, the difference of two, and ending one by hand.
 */
import { Controller, Get, Header, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { cursorOf, readCursor } from '../platform/cursor.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { By } from '../platform/visit.js';
import { handOf } from './audits.pages.js';
import { DifferenceAnswer, GateAnswer, ProgressAnswer, RunAnswer, runAnswer } from './run-answer.js';
import { RunComparer } from './run-comparer.js';
import { placeAfter, placeOf, RunListQuery } from './run-list.js';
import { RunProgress } from './run-progress.js';
import { RunSheet } from './run-sheet.js';
import { isAsExpected, isOver } from './run-view.js';
import { ScansService } from './scans.service.js';

const RUNS_A_PAGE = 100;
const HOSTS_A_PAGE = 500;

const Runs = z.object({
  runs: z.array(RunAnswer),
  next: z.string().nullable().describe('where the list goes on, asked for as after'),
});
const OneRun = z.object({ run: RunAnswer, progress: ProgressAnswer.nullable(), gates: z.array(GateAnswer) });
const Difference = z.object({
  with: z
    .string({ error: 'expected the number of a run' })
    .regex(/^\d{1,18}$/, 'expected the number of a run'),
  after: z.string().max(2000).optional().describe('the next of an answer before'),
});
const HostPlace = z.tuple([z.int().min(0)]);
const Cancelled = z.object({ run: RunAnswer });

@Controller('api/v1/runs')
@Needs('runs.read')
export class RunsApi {
  constructor(
    @Inject(RunSheet) private readonly sheet: RunSheet,
    @Inject(RunProgress) private readonly progress: RunProgress,
    @Inject(RunComparer) private readonly comparer: RunComparer,
    @Inject(ScansService) private readonly scans: ScansService,
  ) {}

  @Get()
  @Describe({ summary: 'Lists runs, the newest first', query: RunListQuery, answer: Runs })
  async list(@Query() query: unknown): Promise<z.infer<typeof Runs>> {
    const asked = readBody(RunListQuery, query);
    const { filter, before } = placeOf(asked);
    const found = await this.progress.queries.runs({ ...filter, before, limit: RUNS_A_PAGE + 1 });
    const runs = found.slice(0, RUNS_A_PAGE);
    const next = found.length > RUNS_A_PAGE ? placeAfter(runs.at(-1)!, asked) : null;
    return { runs: runs.map(runAnswer), next };
  }

  @Get(':id')
  @Header('Cache-Control', 'no-store')
  @Describe({ summary: 'Shows a run, how far it is, and whether its scanner could see', answer: OneRun })
  async one(@Param('id') id: string): Promise<z.infer<typeof OneRun>> {
    const run = await this.sheet.run(id);
    const progress = isOver(run) ? null : await this.progress.look(run);
    const gates = await this.progress.queries.gateLooks(run.id);
    return {
      run: runAnswer(run),
      progress: progress && {
        ...{ phase: progress.phase, round: progress.round, probes: progress.probes, probed: progress.probed },
        ...{ ratePerSecond: progress.rate, addresses: progress.addresses, drift: progress.drift },
      },
      gates: gates.map(({ phase, at, blindness, seen }) => ({
        ...{ phase, blindness, at: at.toISOString() },
        asExpected: seen.filter(isAsExpected).length,
        asked: seen.length,
      })),
    };
  }

  @Get(':id/difference')
  @Describe({
    summary: 'Compares what two runs saw, host by host, the earlier one first',
    query: Difference,
    answer: DifferenceAnswer,
  })
  async difference(
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<z.infer<typeof DifferenceAnswer>> {
    const { with: other, after: cursor } = readBody(Difference, query);
    const { before, after, difference, names } = await this.comparer.compare(id, other);
    const list = `difference of ${before.id} and ${after.id}`;
    const offset = readCursor(list, HostPlace, cursor)?.[0] ?? 0;
    const end = offset + HOSTS_A_PAGE;
    return {
      before: runAnswer(before),
      after: runAnswer(after),
      counts: difference.counts,
      total: difference.hosts.length,
      next: end < difference.hosts.length ? cursorOf(list, [end]) : null,
      hosts: difference.hosts.slice(offset, end).map((host) => ({
        address: host.address,
        host: names(host.address),
        moves: host.moves.map(({ from, to, ports }) => ({ from, to, ports: ports.toString() })),
        onlyBefore: host.onlyBefore.toString(),
        onlyAfter: host.onlyAfter.toString(),
      })),
    };
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Needs('runs.operate')
  @Describe({ summary: 'Ends a run by hand: what it has seen opens and resolves nothing', answer: Cancelled })
  async cancel(@By() actor: Actor, @Param('id') id: string): Promise<z.infer<typeof Cancelled>> {
    const { id: run } = await this.scans.run(id);
    await this.scans.cancel(run, handOf(actor));
    return { run: runAnswer(await this.sheet.run(run)) };
  }
}
