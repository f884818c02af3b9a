/*
 * Reports by schedule in the domain's words.
 */
import type { ReportShape } from './inventory-reports-schema.js';
import type { ShapedFile } from './inventory-shape.js';
import { AFTER_RUN, type ScheduledReport } from './report/schedule/scheduled-report.js';

export function reportsOf({ yaml, content }: ShapedFile): ScheduledReport[] {
  return content.reports.map((shape, i) => ({
    ...{ name: shape.name, kind: shape.kind, schedule: scheduleOf(shape) },
    audits: [...new Set(shape.audits ?? [])],
    ...{ scope: shape.scope ?? null, owner: shape.owner ?? null, tags: [...new Set(shape.tags)] },
    ...{ period: shape.period ?? null, framework: shape.framework ?? null, title: shape.title ?? null },
    ...{ language: shape.language, paper: shape.paper, to: [...new Set(shape.to)] },
    keepDays: shape.keep ?? null,
    place: yaml.placeOf(['reports', i]),
  }));
}

const scheduleOf = ({ schedule, timezone }: ReportShape): ScheduledReport['schedule'] =>
  schedule === AFTER_RUN ? AFTER_RUN : { kind: 'cron', cron: schedule, timezone: timezone ?? 'UTC' };
