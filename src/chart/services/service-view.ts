/*
 * The page of one port, as its template asks for it. Pure. Every picture has its numbers beside it, and what nobody looked at is said as
 * such wherever a number is missing.
 */

import type { Period } from '../../domain/history-availability.js';
import { type Incident, incidentsIn } from '../../domain/history-incidents.js';
import { availabilityBySlot, byWeekHour, type Slot, slotMsOf } from '../../domain/history-slots.js';
import { instant, instantOrNull } from '../../platform/page-times.js';
import type { Asked } from '../graphs/graphs-period.js';
import { WEEKDAYS, worstShare } from '../graphs/graphs-week.js';
import {
  change,
  dayText,
  endpoint,
  lengthOf,
  milliseconds,
  NOTHING_KNOWN,
  percent,
} from '../graphs/graphs-words.js';
import type { PortFinding } from './service.queries.js';
import { figuresOver, lastDays, type PeriodFigures, type Response, USUAL_DAYS } from './service-figures.js';
import { pictureOf, portPath, STRIP_LINES } from './service-pictures.js';
import type { PortKnown, PortSeen } from './service-port.js';

const INCIDENTS_MOST = 20;
const WORST_HOURS = 5;
const CHOICES = [
  { days: 1, label: '24 hours' },
  { days: 7, label: '7 days' },
  { days: 30, label: '30 days' },
  { days: 90, label: '90 days' },
  { days: 365, label: 'A year' },
];

const STATES = { 'as-declared': 'match', failing: 'drift', unknown: 'unknown' } as const;
const STATE_WORDS = { 'as-declared': 'as declared', failing: 'in drift', unknown: 'not known' } as const;

export function nowView({ places, declared, port }: PortKnown, { looks }: PortSeen, now: Date) {
  const byAddress = new Map(looks.map((look) => [look.address, look]));
  const latest = [...places.values()].map((intervals) => intervals.at(-1)!);
  const rows = latest.map((interval) => {
    const look = byAddress.get(interval.address);
    return {
      ...{ where: endpoint(interval.address, port), vantage: interval.vantage, observed: interval.observed },
      mark: STATES[interval.state],
      word: STATE_WORDS[interval.state],
      since: instant(interval.from, now),
      looked: instant(interval.until, now),
      runId: look?.vantage === interval.vantage ? look.runId : null,
      connect: look && look.connectMs !== null ? milliseconds(look.connectMs) : null,
    };
  });
  // What nothing declares has no history, but somebody may have looked.
  const others = looks
    .filter(({ address }) => !latest.some((one) => one.address === address))
    .map((look) => ({
      ...{ where: endpoint(look.address, port), vantage: look.vantage, observed: look.state },
      ...{ mark: null, word: declared ? '' : 'not declared', since: null, looked: instant(look.at, now) },
      ...{ runId: look.runId, connect: look.connectMs === null ? null : milliseconds(look.connectMs) },
    }));
  const places_ = [...rows, ...others];
  const observed = new Set(places_.map((row) => row.observed));
  return {
    places: places_,
    one: places_.length === 1 ? places_[0]! : null,
    observed: observed.size === 1 ? [...observed][0]! : observed.size === 0 ? 'unknown' : 'several',
  };
}

export function declaredView({ declared, ownerName, intervals, isHostDeclared }: PortKnown) {
  const latest = intervals.at(-1) ?? null;
  const owner = declared ? declared.owner : (latest?.owner ?? null);
  const service = declared ? declared.service : (latest?.service ?? null);
  return {
    expect: declared?.expect ?? 'undeclared',
    service,
    servicePath: service === null ? '/services' : `/services/${encodeURIComponent(service)}`,
    owner: owner === null ? null : { path: `/owners/${encodeURIComponent(owner)}`, name: ownerName ?? owner },
    ...{ why: declared?.why ?? null, requestedBy: declared?.requestedBy ?? null },
    ...{ approvedBy: declared?.approvedBy ?? null, reviewBy: declared?.reviewBy ?? null },
    place: declared ? `${declared.place.file}:${declared.place.line}` : null,
    isWithdrawn: !declared && latest !== null,
    isHostDeclared,
  };
}

export function usualView(known: PortKnown, incidents: readonly Incident[], now: Date) {
  return USUAL_DAYS.map((days) => {
    const label = CHOICES.find((one) => one.days === days)!.label;
    return { label, ...figuresView(figuresOver(known, incidents, lastDays(days, now))) };
  });
}

function figuresView({ now, before, trend }: PeriodFigures) {
  return {
    availability: percent(now.availability),
    isKnown: now.availability !== null,
    isWhole: now.availability === 1,
    failing: now.failingMs === 0 ? 'none' : lengthOf(now.failingMs),
    unknown: percent(now.unknownShare),
    incidents: now.availability === null && now.incidents === 0 ? '–' : String(now.incidents),
    repair: now.meanTimeToRepairMs === null ? '–' : lengthOf(now.meanTimeToRepairMs),
    before: percent(before.availability),
    change: change(trend) ?? NOTHING_KNOWN,
    isWorse: trend !== null && trend < 0,
  };
}

export function periodView({ host, port }: PortKnown, { period, days }: Asked) {
  const last = new Date(period.to.getTime() - 1);
  return {
    path: portPath(host, port),
    choices: CHOICES.map(({ days: of, label }) => ({
      ...{ label, isChosen: of === days, path: `${portPath(host, port)}?days=${of}#over-time` },
    })),
    from: dayText(period.from),
    to: dayText(last),
    text: `${dayText(period.from, true)} to ${dayText(period.to, true)} UTC`,
  };
}

export function overTimeView(
  known: PortKnown,
  incidents: readonly Incident[],
  response: Response,
  { period }: Asked,
  now: Date,
) {
  const { host, port, places } = known;
  const at = { host, port, period };
  const ports = [...places.values()];
  const figures = figuresOver(known, incidents, period);
  const slots = availabilityBySlot(ports, period, slotMsOf(period));
  const here = incidentsIn(incidents, period).reverse();
  const shown = figuresView(figures);
  const meant = `from ${dayText(period.from)} to ${dayText(period.to)}`;
  return {
    figures: shown,
    availability: {
      picture: pictureOf(
        at,
        'availability',
        170,
        `Availability ${meant}: ${shown.availability}, ${shown.unknown} of the time not looked at`,
      ),
      slots: slots.map((slot) => slotView(slot, slotMsOf(period))),
    },
    response: responseView(at, response, meant),
    hours: hoursView(known, period, meant),
    incidents: {
      picture: pictureOf(
        at,
        'incidents',
        38 + 28 * Math.min(STRIP_LINES, ports.length),
        `Incidents ${meant}: ${here.length}`,
      ),
      more: Math.max(0, here.length - INCIDENTS_MOST),
      unlined: Math.max(0, ports.length - STRIP_LINES),
      total: here.length,
      list: here.slice(0, INCIDENTS_MOST).map((one) => incidentView(one, places.size > 1, now)),
    },
  };
}

function slotView(slot: Slot, slotMs: number) {
  return {
    from: dayText(slot.from, slotMs < 86_400_000),
    availability: percent(slot.availability),
    failing: slot.failingMs === 0 ? '–' : lengthOf(slot.failingMs),
    unknown: percent(slot.unknownShare),
  };
}

function responseView(at: { host: string; port: number; period: Period }, response: Response, meant: string) {
  const { meanMs, minMs, maxMs, connects, beforeMeanMs } = response;
  const mean = milliseconds(meanMs);
  const alt = `Response time ${meant}: ${mean} on average, ${milliseconds(maxMs)} at most`;
  return {
    any: connects > 0,
    picture: pictureOf(at, 'response', 220, alt),
    ...{ connects, mean, least: milliseconds(minMs), most: milliseconds(maxMs) },
    before: milliseconds(beforeMeanMs),
  };
}

function hoursView(known: PortKnown, period: Period, meant: string) {
  const { host, port, places } = known;
  const hours = byWeekHour([...places.values()], period);
  const worst = hours
    .filter(({ failingMs }) => failingMs > 0)
    .sort((a, b) => b.failingMs - a.failingMs)
    .slice(0, WORST_HOURS)
    .map(({ weekday, hour, failingMs, availability }) => ({
      when: `${WEEKDAYS[weekday]} ${String(hour).padStart(2, '0')}:00`,
      failing: lengthOf(failingMs),
      share: percent(availability === null ? null : 1 - availability),
    }));
  const unseen = hours.filter(({ availability }) => availability === null).length;
  const first = worst[0] ? `most on ${worst[0].when}` : 'none';
  const picture = pictureOf(
    { host, port, period },
    'hours',
    210,
    `Failures by weekday and hour, UTC, ${meant}: ${first}`,
  );
  return { picture, worst, unseen, most: percent(worstShare(hours)) };
}

function incidentView(one: Incident, showsWhere: boolean, now: Date) {
  return {
    start: instant(one.start, now),
    end: instantOrNull(one.end, now),
    isWithdrawn: one.isWithdrawn,
    lastSeen: instant(one.lastSeen, now),
    length: lengthOf(one.lengthMs),
    unknown: one.unknownMs === 0 ? null : lengthOf(one.unknownMs),
    observed: one.observed,
    where: showsWhere ? `${one.address} from ${one.vantage}` : null,
  };
}

export const findingsView = (findings: readonly PortFinding[], now: Date) =>
  findings.map((finding) => ({
    ...finding,
    isOfHost: finding.port === null,
    firstSeen: instant(finding.firstSeen, now),
    lastSeen: instant(finding.lastSeen, now),
    resolvedAt: finding.state === 'resolved' ? instantOrNull(finding.resolvedAt, now) : null,
  }));
