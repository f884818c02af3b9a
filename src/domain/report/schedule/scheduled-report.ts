/*
 * A report that is made by itself: when, of what, and who gets it. It is declared in the inventory, so that who is sent what lies in
 * git, and is approved as every other change.
 */
import type { Place } from '../../place.js';
import type { Schedule } from '../../schedule.js';
import type { Language, Paper, ReportKind, ReportParameters } from '../parameters.js';
import { type Days, dayIn, daysBefore, daysUpTo, endOf, type Period } from './last-days.js';

/** In place of a cron expression: each run that can be trusted has one. */
export const AFTER_RUN = 'after-run';
/** In place of an owner's id: each owner has one of their own. */
export const EACH = 'each';

export interface ScheduledReport {
  readonly name: string;
  readonly kind: ReportKind;
  readonly schedule: Schedule | typeof AFTER_RUN;
  /** Empty for all of them. */
  readonly audits: readonly string[];
  readonly scope: string | null;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly period: Period | null;
  readonly framework: string | null;
  readonly title: string | null;
  readonly language: Language;
  readonly paper: Paper;
  /** Names of receivers, `owner` for whom it is about, `operators`; empty where it only waits to be fetched. */
  readonly to: readonly string[];
  /** For so many days; null for good. */
  readonly keepDays: number | null;
  readonly place: Place;
}

/** What one is made of: it came due at a time, or a run of an audit has ended. */
export type Occasion =
  | { readonly kind: 'slot'; readonly at: Date }
  | { readonly kind: 'run'; readonly run: string; readonly audit: string; readonly at: Date };

/** The days that it tells of; null where it tells of what is. */
export function daysOf({ period, schedule }: ScheduledReport, occasion: Occasion): Days | null {
  if (period === null) return null;
  if (occasion.kind === 'run' || schedule === AFTER_RUN) return daysUpTo(period, dayIn('UTC', occasion.at));
  const zone = schedule.kind === 'cron' ? schedule.timezone : 'UTC';
  return daysBefore(period, dayIn(zone, occasion.at));
}

/** From when on it can be made: a day that is not over yet is not told of. After a run nothing is waited for. */
export function readyAt(report: ScheduledReport, at: Date): Date {
  const days = report.schedule === AFTER_RUN ? null : daysOf(report, { kind: 'slot', at });
  return days === null ? at : new Date(Math.max(at.getTime(), endOf(days).getTime()));
}

/** The owners that it is made for, one by one; null is one that is about nobody in particular. */
export function ownersOf(
  { owner }: ScheduledReport,
  owners: ReadonlyMap<string, unknown>,
): Array<string | null> {
  return owner === EACH ? [...owners.keys()] : [owner];
}

/** What it is asked for with. */
export function parametersOf(
  report: ScheduledReport,
  occasion: Occasion,
  owner: string | null,
): ReportParameters {
  const { kind, title, scope, tags, framework, language, paper } = report;
  const days = daysOf(report, occasion);
  return {
    ...{ kind, title, scope, owner, framework, language, paper },
    audits: occasion.kind === 'run' ? [occasion.audit] : [...report.audits],
    ...{ tags: [...tags], from: days?.from ?? null, to: days?.to ?? null },
  };
}
