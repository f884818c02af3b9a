/*
 * A report by schedule as its page draws it: when it is made, of what, for whom, and what came of it last. Pure.
 */

import { periodText } from '../../domain/report/schedule/last-days.js';
import { AFTER_RUN, EACH, type ScheduledReport } from '../../domain/report/schedule/scheduled-report.js';
import { instant } from '../../platform/page-times.js';
import { scheduleText, wallTime } from '../../scans/agenda-view.js';
import { frameworkName } from '../kinds/framework-name.js';
import { deliveryView } from './delivery-view.js';
import type { OrderState } from './order-state.js';
import { KINDS, LANGUAGE_WORDS, STATES } from './report-words.js';
import type { ScheduleFacts } from './schedule-book.js';
import type { MissedReason } from './schedules.entities.js';
import type { MadeOfSchedule, MissedRow } from './schedules.queries.js';

/** The others are behind a word. */
const NEXT_OPEN = 4;

const REASONS: Readonly<Record<MissedReason, string>> = {
  down: 'nobody was there to make them; the newest was made late',
  replaced: 'its times were changed before they were made',
  removed: 'it left the inventory before they were made',
  refused: 'it could not be asked for',
};

export function scheduleView({ report, next, made, missed }: ScheduleFacts, now: Date) {
  const { name, kind, title, to, schedule, place } = report;
  const zone = schedule !== AFTER_RUN && schedule.kind === 'cron' ? schedule.timezone : 'UTC';
  const mails = made.flatMap(({ deliveries }) => deliveries);
  const there = (at: Date): string | null => (zone === 'UTC' ? null : `${wallTime(at, zone)} in ${zone}`);
  const times = next.map((at) => ({ at: instant(at, now), there: there(at) }));
  return {
    ...{ name, title, kind: KINDS[kind].word, to: to.join(', ') },
    anchor: `schedule-${place.line}`,
    isAfterRun: schedule === AFTER_RUN,
    when:
      schedule === AFTER_RUN
        ? `after each run of ${report.audits.join(', ')} that can be trusted`
        : scheduleText(schedule),
    about: aboutOf(report),
    kept: report.keepDays === null ? null : report.keepDays,
    place: `${place.file}, line ${place.line}`,
    form: `/inventory/entries/reports?${new URLSearchParams({ subject: name })}`,
    path: `/reports/schedules/${encodeURIComponent(name)}`,
    next: times.slice(0, NEXT_OPEN),
    later: times.slice(NEXT_OPEN),
    made: made.map((one) => ({
      ...madeView(one, now),
      deliveries: one.deliveries.map((delivery) => deliveryView(delivery, now)),
    })),
    dead: mails.filter(({ state }) => state === 'dead').length,
    missed: missed.map((one) => missedView(one, now)),
  };
}

/** What it is narrowed down to, in words; what is not is said to be all. */
function aboutOf({ audits, scope, owner, tags, period, framework, language, paper }: ScheduledReport) {
  const said = (label: string, value: string | null) => (value === null ? [] : [{ label, value }]);
  return [
    ...said('Over', period === null ? 'as things stand' : periodText(period)),
    ...said('Audits', audits.length === 0 ? 'all' : audits.join(', ')),
    ...said('Owner', owner === null ? 'all' : owner === EACH ? 'each: one report an owner' : owner),
    ...[
      ...said('Scope', scope),
      ...said('Tags', tags.join(' and ') || null),
      ...said('Framework', frameworkName(framework)),
    ],
    ...said('Language, paper', `${LANGUAGE_WORDS[language]}, ${paper}`),
  ];
}

function madeView(one: MadeOfSchedule, now: Date) {
  const state = stateOf(one);
  return {
    ...{ owner: one.owner, by: one.askedBy, problem: one.problem },
    ...{ mark: STATES[state].mark, word: STATES[state].word },
    at: instant(one.at, now),
    asked: instant(one.askedAt, now),
    path: one.reportId === null ? `/reports/orders/${one.orderId}` : `/reports/${one.reportId}`,
  };
}

function stateOf({ outcome, printedAt, isGivenUp, letGoAt }: MadeOfSchedule): OrderState {
  if (outcome === null) return 'waiting';
  if (outcome !== 'made') return outcome;
  if (letGoAt !== null) return 'let-go';
  return printedAt !== null ? 'ready' : isGivenUp ? 'unprinted' : 'printing';
}

const missedView = ({ firstAt, lastAt, slots, isAtLeast, why, detail, owner }: MissedRow, now: Date) => ({
  ...{ slots, isAtLeast, owner, reason: REASONS[why], detail },
  first: instant(firstAt, now),
  last: slots > 1 ? instant(lastAt, now) : null,
});
