/*
 * Reports, and orders of them, as programs are shown them: the schemas that the API's description has, and what fills them in. Pure.
 */
import { z } from 'zod';
import { REPORT_KINDS, ReportParameters } from '../domain/report/parameters.js';
import { hasSettled, ORDER_STATES, orderState } from './orders/order-state.js';
import { WAYS_TO_FETCH } from './orders/orders.entities.js';
import type { ListedOrder } from './orders/orders.queries.js';
import type { RestsOn } from './orders/rests-on.js';
import type { ListedReport } from './reports.queries.js';

const time = z.iso.datetime();
const verdict = z.enum(['clean', 'drift', 'inconclusive', 'failed']);

const PdfAnswer = z.object({
  path: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  signedBy: z.string().nullable().describe('the subject of the certificate; null where it is not signed'),
  certificateSha256: z.string().nullable(),
  unsignedBecause: z.string().nullable(),
  stampedAt: time.nullable(),
  stampedBy: z.string().nullable(),
  unstampedBecause: z.string().nullable().describe('null as well where nobody was to be asked'),
});

export const ReportAnswer = z.object({
  id: z.string(),
  kind: z.enum(REPORT_KINDS),
  title: z.string().nullable().describe('where it was given one'),
  parameters: ReportParameters.nullable().describe('what it was asked for with; null for a run’s own'),
  madeAt: time,
  order: z.string().nullable(),
  askedBy: z.string().nullable(),
  askedAt: time.nullable(),
  schedule: z.string().nullable().describe('the schedule that asked for it'),
  slot: time.nullable(),
  run: z.string().nullable().describe('whose report it is; this and what is the run’s is null for others'),
  audit: z.string().nullable(),
  verdict: verdict.nullable(),
  finishedAt: time.nullable(),
  findings: z.int().nullable(),
  hosts: z.int().nullable(),
  snapshotSha256: z.string().describe('of the evidence, as it is attached to the PDF'),
  pdfSha256: z.string().nullable().describe('of the PDF, also of one that was let go of'),
  letGoAt: time.nullable().describe('since when evidence and PDF are not kept any more'),
  pdf: PdfAnswer.nullable().describe('null where there is none: not printed, or let go of'),
  problem: z.string().nullable().describe('why it is not printed'),
});
export type ReportAnswer = z.infer<typeof ReportAnswer>;

export const OneReportAnswer = ReportAnswer.extend({
  restsOn: z
    .object({
      inventory: z.object({ path: z.string(), sha256: z.string() }).nullable(),
      total: z.int(),
      verdicts: z.partialRecord(verdict, z.int()),
      runs: z.array(
        z.object({
          run: z.string(),
          audit: z.string(),
          verdict,
          finishedAt: time,
          snapshotSha256: z.string().nullable(),
        }),
      ),
    })
    .nullable()
    .describe('the runs that it rests on, the latest of them by name; null for a run’s own'),
  fetched: z.object({
    total: z.int(),
    latest: z.array(z.object({ at: time, by: z.string(), how: z.enum(WAYS_TO_FETCH), form: z.string() })),
  }),
});

export const OrderAnswer = z.object({
  id: z.string(),
  kind: z.enum(REPORT_KINDS),
  parameters: ReportParameters,
  askedBy: z.string(),
  askedAt: time,
  schedule: z.string().nullable(),
  slot: time.nullable(),
  state: z.enum(ORDER_STATES),
  isSettled: z.boolean().describe('nothing more happens to it by itself'),
  ahead: z.int().nullable().describe('how many orders come before it; null where it does not wait'),
  endedAt: time.nullable(),
  report: z.string().nullable().describe('the report that was made'),
  problem: z.string().nullable().describe('why there is no report or PDF, or why an attempt came to nothing'),
});
export type OrderAnswer = z.infer<typeof OrderAnswer>;

export const pdfPath = ({ id, run }: Pick<ListedReport, 'id' | 'run'>): string =>
  run === null ? `/reports/${id}/report.pdf` : `/runs/${run.id}/report.pdf`;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function reportAnswer(row: ListedReport): ReportAnswer {
  const { id, kind, title, parameters, run, order, problem } = row;
  return {
    ...{ id, kind, title, parameters, madeAt: row.madeAt.toISOString() },
    ...{ order: order?.id ?? null, askedBy: order?.askedBy ?? null, askedAt: iso(order?.askedAt ?? null) },
    ...{ schedule: order?.schedule ?? null, slot: iso(order?.slot ?? null) },
    ...{ run: run?.id ?? null, audit: run?.audit ?? null, verdict: run?.verdict ?? null },
    ...{
      finishedAt: iso(run?.finishedAt ?? null),
      findings: run?.findings ?? null,
      hosts: run?.hosts ?? null,
    },
    ...{ snapshotSha256: row.snapshotSha256, pdfSha256: row.pdfSha256, letGoAt: iso(row.letGoAt) },
    pdf:
      row.pdfSha256 === null || row.letGoAt !== null
        ? null
        : {
            ...{ path: pdfPath(row), bytes: row.pdfBytes ?? 0, sha256: row.pdfSha256 },
            ...{ signedBy: row.signedBy, certificateSha256: row.certificateSha256 },
            ...{ unsignedBecause: row.unsignedBecause, stampedAt: iso(row.stampedAt) },
            ...{ stampedBy: row.stampedBy, unstampedBecause: row.unstampedBecause },
          },
    problem,
  };
}

export function oneReportAnswer(
  row: ListedReport,
  rests: RestsOn | null,
  fetched: { readonly total: number; readonly latest: ReadonlyArray<Fetch> },
): z.infer<typeof OneReportAnswer> {
  const latest = fetched.latest.map(({ at, by, how, form }) => ({ at: at.toISOString(), by, how, form }));
  const restsOn = rests && { ...rests, verdicts: { ...rests.verdicts }, runs: [...rests.runs] };
  return { ...reportAnswer(row), restsOn, fetched: { total: fetched.total, latest } };
}

interface Fetch {
  readonly at: Date;
  readonly by: string;
  readonly how: (typeof WAYS_TO_FETCH)[number];
  readonly form: string;
}

export function orderAnswer(order: ListedOrder, now: Date): OrderAnswer {
  const state = orderState(order, now);
  return {
    ...{ id: order.id, kind: order.parameters.kind, parameters: order.parameters },
    ...{ askedBy: order.askedBy, askedAt: order.askedAt.toISOString() },
    ...{ schedule: order.schedule, slot: iso(order.slot), state, isSettled: hasSettled(state) },
    ahead: state === 'waiting' ? order.ahead : null,
    ...{ endedAt: iso(order.endedAt), report: order.reportId, problem: order.problem },
  };
}
