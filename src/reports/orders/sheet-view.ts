/*
 * A report's page: all that is known of it beside what it says itself. Pure.
 */
import { instant } from '../../platform/page-times.js';
import type { ReportSheetFacts } from '../report-sheet.js';
import { bytesText, pdfView, sealView, VERDICT_WORDS } from '../report-view.js';
import { deliveryView } from './delivery-view.js';
import { askPath } from './report-form.js';
import { KINDS, nameOf, parametersSaid } from './report-words.js';
import type { RestsOn } from './rests-on.js';

const HOW = {
  page: 'from the pages',
  api: 'by a program',
  cli: 'by the command line',
  mail: 'by mail',
} as const;

export function sheetView({ report, rests, fetched, deliveries }: ReportSheetFacts, now: Date) {
  const { id, run, order, parameters } = report;
  return {
    id,
    heading: run === null ? nameOf(report) : `${KINDS[report.kind].word}: ${run.audit}, run ${run.id}`,
    kind: KINDS[report.kind],
    title: report.title,
    run: run && {
      ...{ id: run.id, audit: run.audit, findings: run.findings, hosts: run.hosts },
      verdict: { name: run.verdict, word: VERDICT_WORDS[run.verdict] },
      finished: instant(run.finishedAt, now),
    },
    parameters: parameters === null ? null : parametersSaid(parameters),
    again: parameters === null ? null : askPath(parameters),
    signing:
      report.kind === 'attestation' && report.snapshotBytes !== null ? `/reports/${id}/sign-off` : null,
    made: instant(report.madeAt, now),
    order: order && {
      ...{ askedBy: order.askedBy, schedule: order.schedule, asked: instant(order.askedAt, now) },
      slot: order.slot && instant(order.slot, now),
    },
    ...pdfView(report, now),
    snapshotSha256: report.snapshotSha256,
    snapshotSize: report.snapshotBytes === null ? null : bytesText(report.snapshotBytes),
    seal: sealView(report, now),
    rests: rests && restsView(rests, now),
    fetches: fetched.latest.map(({ at, by, how, form }) => ({
      ...{ by, how: HOW[how], form: form.toUpperCase() },
      at: instant(at, now),
    })),
    deliveries: deliveries.map((one) => deliveryView(one, now)),
    fetchedTotal: fetched.total,
    moreFetches: fetched.total - fetched.latest.length,
  };
}

function restsView({ inventory, total, verdicts, runs }: RestsOn, now: Date) {
  const order = ['clean', 'drift', 'inconclusive', 'failed'] as const;
  return {
    inventory,
    total,
    more: total - runs.length,
    verdicts: order.flatMap((name) => {
      const count = verdicts[name] ?? 0;
      return count === 0 ? [] : [{ name, word: VERDICT_WORDS[name], count }];
    }),
    runs: runs.map(({ run, audit, verdict, finishedAt, snapshotSha256 }) => ({
      ...{ id: run, audit, snapshotSha256, shortSha256: snapshotSha256?.slice(0, 12) ?? null },
      // Of another service, or one that is not here any more: no number of ours.
      isOurs: /^\d{1,18}$/.test(run),
      verdict: { name: verdict, word: VERDICT_WORDS[verdict] },
      finished: instant(new Date(finishedAt), now),
    })),
  };
}
