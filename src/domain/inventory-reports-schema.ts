/*
 * The shape of the section that says which reports are made by themselves. What hangs together within one entry is decided here: a
 * report after each run is of audits that are named, and one of drift is over a period.
 */
import { z } from 'zod';
import { keyed, refuseCron, someOf } from './inventory-keyed.js';
import { didYouMean, quoted } from './inventory-problem.js';
import { delegate, describe, name, oneOf, text, wholeNumber } from './inventory-values.js';
import { OWNER } from './receiver.js';
import { FRAMEWORK_IDS } from './report/compliance/frameworks.js';
import { LANGUAGES, PAPERS, REPORT_KINDS } from './report/parameters.js';
import { PERIODS, type Period, parsePeriod } from './report/schedule/last-days.js';
import { AFTER_RUN } from './report/schedule/scheduled-report.js';

const KEPT_MOST_DAYS = 36_500;

const period = z.unknown().transform((input, ctx): Period => {
  const found = typeof input === 'string' ? parsePeriod(input) : null;
  if (found !== null) return found;
  const what = typeof input === 'string' ? quoted(input) : describe(input);
  const message = `${what} is no period; expected ${PERIODS}`;
  ctx.addIssue({ code: 'custom', message, params: { expected: PERIODS } });
  return z.NEVER;
});

const SCHEDULES = `cron, five fields: minute hour day month weekday, or ${AFTER_RUN}`;

const schedule = z.unknown().transform((input, ctx): string => {
  const isWritten = input !== undefined && input !== null;
  if (isWritten) return delegate(text, input, ctx) ?? z.NEVER;
  ctx.addIssue({ code: 'custom', message: `expected ${SCHEDULES}`, params: { expected: SCHEDULES } });
  return z.NEVER;
});

export const scheduledReport = keyed({
  name,
  kind: oneOf(...REPORT_KINDS),
  schedule,
  timezone: text.optional(),
  period: period.optional(),
  audits: someOf(name, 'audit').optional(),
  scope: name.optional(),
  owner: name.optional(),
  tags: z.array(name).default([]),
  framework: oneOf(...FRAMEWORK_IDS).optional(),
  title: text.optional(),
  language: oneOf(...LANGUAGES).default('en'),
  paper: oneOf(...PAPERS).default('A4'),
  to: z.array(name).default([]),
  keep: wholeNumber(1, KEPT_MOST_DAYS).optional(),
}).superRefine(({ schedule, timezone, period, kind, audits, owner, framework, to }, ctx) => {
  const wrong = (key: string, message: string): void => {
    ctx.addIssue({ code: 'custom', path: [key], message });
  };
  if (schedule === AFTER_RUN) {
    if (timezone !== undefined) wrong('timezone', `a time zone without times; ${AFTER_RUN} needs none`);
    if (audits === undefined)
      wrong('schedule', "a report after each run, of no audit; expected 'audits' beside it");
  } else if (/^[a-z_-]+$/i.test(schedule)) {
    const near = didYouMean(schedule, [AFTER_RUN]);
    wrong('schedule', `${quoted(schedule)} is no schedule; expected ${SCHEDULES}${near}`);
  } else refuseCron(schedule, timezone, ctx);
  if (kind === 'drift' && period === undefined)
    wrong('kind', `a report of drift is over some time; expected 'period' beside it, such as 'last month'`);
  if (kind !== 'compliance' && framework !== undefined)
    wrong('framework', "'framework' belongs to a report of compliance; expected 'kind: compliance', or none");
  const isToOwner = to.indexOf(OWNER);
  if (isToOwner >= 0 && owner === undefined)
    ctx.addIssue({
      code: 'custom',
      path: ['to', isToOwner],
      message: `'${OWNER}' is whom the report is about, and it is about nobody; expected 'owner' beside it`,
    });
});

export type ReportShape = z.output<typeof scheduledReport>;
