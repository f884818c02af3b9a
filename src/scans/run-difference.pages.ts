/*
 * The difference of any two runs, the earlier one first. Which two stands in the URL; a form chooses another one.
 */
import { Controller, Inject, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { WebViews } from '../platform/web-views.js';
import { RunComparer } from './run-comparer.js';
import { differenceView } from './run-difference-view.js';
import { RunSheet } from './run-sheet.js';

const Asked = z.object({
  with: z
    .string({ error: 'expected the number of a run' })
    .regex(/^\d{1,18}$/, 'expected the number of a run')
    .optional(),
  page: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, 'expected the number of a page')
    .optional()
    .transform((page) => Number(page ?? 1)),
});

@Controller('runs')
@Needs('runs.read')
export class RunDifferencePages {
  constructor(
    @Inject(RunComparer) private readonly comparer: RunComparer,
    @Inject(RunSheet) private readonly sheet: RunSheet,
    @Inject(WebViews) private readonly views: WebViews,
  ) {}

  @PageRoute(':id/difference')
  async difference(@Param('id') id: string, @Query() query: Record<string, unknown>): Promise<string> {
    const asked = readBody(Asked, query);
    const run = await this.sheet.run(id);
    const others = await this.sheet.others(run);
    const other = asked.with ?? others.find(({ isPrevious }) => isPrevious)?.id ?? null;
    const compared = other === null ? null : await this.comparer.compare(run.id, other);
    const view = {
      run: { id: run.id, audit: run.audit, auditPath: encodeURIComponent(run.audit) },
      with: other,
      others: others.map((one) => ({ ...one, chosen: one.id === other })),
      difference: compared && differenceView(compared, asked.page, this.sheet.now()),
    };
    const title =
      other === null ? `Run ${run.id}: nothing to compare` : `Runs ${run.id} and ${other} compared`;
    return this.views.page('pages/scans/difference', { title, section: 'audits' }, view);
  }
}
