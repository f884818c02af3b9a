/*
 * The findings, filtered by what stands in the URL, and one finding with its history. A filter that nobody could have
 * chosen is refused with what would have been understood.
 */
import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import { z } from 'zod';
import { advise } from '../domain/advice.js';
import { DRIFT_KINDS, SEVERITIES } from '../domain/drift.js';
import { FINDING_STATES } from '../domain/finding.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { instant } from '../platform/page-times.js';
import { Refusal } from '../platform/refusal.js';
import { WebViews } from '../platform/web-views.js';
import { filterView, findingRow, UNOWNED } from './finding-view.js';
import { type FindingFilter, FindingsQueries } from './findings.queries.js';

const FINDINGS_A_PAGE = 50;

const typed = z
  .string()
  .transform((text) => text.replaceAll('\0', '').trim().slice(0, 200) || null)
  .optional()
  .default(null);
const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z
    .union([z.literal(''), z.enum(values)])
    .optional()
    .transform((value) => (value ? (value as T[number]) : null));

const Filter = z.object({
  state: oneOf('active', 'all', ...FINDING_STATES).transform((state) => state ?? 'active'),
  severity: oneOf(...SEVERITIES),
  kind: oneOf(...DRIFT_KINDS),
  owner: typed,
  host: typed,
  q: typed,
  page: z
    .string()
    .regex(/^[1-9]\d{0,4}$/)
    .optional()
    .transform((page) => Number(page ?? 1)),
});

@Controller('findings')
export class FindingsPages {
  constructor(
    @Inject(FindingsQueries) private readonly queries: FindingsQueries,
    @Inject(InventoryService) private readonly inventory: InventoryService,
    @Inject(WebViews) private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  async list(@Query() query: Record<string, unknown>): Promise<string> {
    const { page, q, owner, ...rest } = readFilter(query);
    const filter: FindingFilter = { ...rest, text: q, owner: owner === UNOWNED ? '' : owner };
    const counts = await this.queries.counts(filter);
    const choices = await this.queries.choices();
    const rows = await this.queries.list(filter, {
      offset: (page - 1) * FINDINGS_A_PAGE,
      limit: FINDINGS_A_PAGE,
    });
    const names = await this.ownerNames();
    const now = this.clock();
    const view = {
      ...filterView(filter, choices, counts, names),
      findings: rows.map((row) => findingRow(row, names, now)),
      pages: pagesOf(filter, page, counts.total),
      any: choices.any,
    };
    return this.views.page('pages/findings/list', { title: 'Findings', section: 'findings' }, view);
  }

  @Get(':id')
  @Header('Content-Type', 'text/html; charset=utf-8')
  async one(@Param('id') id: string): Promise<string> {
    const finding = /^\d{1,18}$/.test(id) ? await this.queries.finding(id) : null;
    if (!finding) throw new Refusal('not-found', `there is no finding ${id.slice(0, 40)}`);
    const now = this.clock();
    const row = findingRow(finding, await this.ownerNames(), now);
    const steps = (await this.queries.steps(id)).map((step) => ({ ...step, at: instant(step.at, now) }));
    const { evidence, severityReasons, confirmations } = finding;
    const view = {
      finding: { ...row, evidence, severityReasons, confirmations },
      advice: advise(finding),
      steps,
    };
    const title = `${finding.kind} at ${row.where}`;
    return this.views.page('pages/findings/finding', { title, section: 'findings' }, view);
  }

  private async ownerNames(): Promise<ReadonlyMap<string, { name: string; email: string | null }>> {
    return (await this.inventory.current())?.inventory.owners ?? new Map();
  }
}

function readFilter(query: Record<string, unknown>): z.infer<typeof Filter> {
  const read = Filter.safeParse(query);
  if (read.success) return read.data;
  const names = Array.from(new Set(read.error.issues.map(({ path }) => String(path[0]))));
  const allowed: Record<string, readonly string[]> = {
    state: ['active', 'all', ...FINDING_STATES],
    severity: SEVERITIES,
    kind: DRIFT_KINDS,
  };
  const problems = names.map(
    (name) =>
      `${name} must be ${allowed[name] ? `one of ${allowed[name].join(', ')}` : 'given once, and readable'}`,
  );
  throw new Refusal('bad-input', `these findings can’t be chosen: ${problems.join('; ')}`);
}

function pagesOf(filter: FindingFilter, page: number, total: number) {
  const last = Math.max(1, Math.ceil(total / FINDINGS_A_PAGE));
  const { text, owner, ...rest } = filter;
  const link = (to: number): string => {
    const values = { ...rest, q: text, owner: owner === '' ? UNOWNED : owner, page: String(to) };
    return `/findings?${new URLSearchParams(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null))}`;
  };
  return {
    page,
    last,
    total,
    previous: page > 1 ? link(Math.min(page - 1, last)) : null,
    next: page < last ? link(page + 1) : null,
  };
}
