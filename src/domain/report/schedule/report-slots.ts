/*
 * What becomes of a report's slots: the newest that can be made is made, however late, and of those before it is kept how many there
 * were. A pure function of what is known, as agenda.ts is for audits, so that every server decides alike.
 *
 * Promise: each slot is dealt with once; `judgedTo` says up to where, and never goes back, whatever the clock does. A slot whose days
 * are not over yet waits, and what came before it does not wait with it.
 */
import { latestDue, latestSlots, nextDue, type Schedule, type SlotCount, slotsIn } from '../../schedule.js';
import { AFTER_RUN, readyAt, type ScheduledReport } from './scheduled-report.js';

export interface ReportSlots {
  /** The slot that is to be made now; null for none. */
  readonly dueAt: Date | null;
  /** Those before it that have no report. */
  readonly missed: SlotCount | null;
  readonly judgedTo: Date;
}

/** A zone is never further from UTC than this, so that no slot waits for longer. */
const LONGEST_WAIT_MS = 14 * 3_600_000;
const WAITING_MOST = 1000;

export function decideReportSlots(report: ScheduledReport, judgedTo: Date, now: Date): ReportSlots {
  const nothing = { dueAt: null, missed: null, judgedTo };
  if (report.schedule === AFTER_RUN) return nothing;
  const { schedule } = report;
  const dueAt = latestReady(report, schedule, judgedTo, now);
  if (dueAt === null) return nothing;
  return { dueAt, missed: slotsIn(schedule, judgedTo, new Date(dueAt.getTime() - 1)), judgedTo: dueAt };
}

function latestReady(report: ScheduledReport, schedule: Schedule, after: Date, now: Date): Date | null {
  const latest = latestDue(schedule, after, now);
  if (latest === null || readyAt(report, latest) <= now) return latest;
  const since = new Date(Math.max(after.getTime(), now.getTime() - LONGEST_WAIT_MS));
  const waiting = latestSlots(schedule, since, now, WAITING_MOST);
  const ready = waiting.findLast((slot) => readyAt(report, slot) <= now);
  return ready ?? latestDue(schedule, after, new Date((waiting[0] ?? latest).getTime() - 1));
}

/** The next times at which it will be made, the earliest first; none after runs, which come when they come. */
export function nextReports(report: ScheduledReport, now: Date, most: number): Date[] {
  if (report.schedule === AFTER_RUN) return [];
  const times: Date[] = [];
  const before = new Date(now.getTime() - LONGEST_WAIT_MS);
  let slot = nextDue(report.schedule, before);
  for (let looks = 0; slot && times.length < most && looks < WAITING_MOST + most; looks++) {
    const at = readyAt(report, slot);
    if (at > now && times.at(-1)?.getTime() !== at.getTime()) times.push(at);
    slot = nextDue(report.schedule, slot);
  }
  return times;
}
