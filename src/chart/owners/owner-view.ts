/*
 * Owners as pages show them: in ten seconds what of theirs is exposed, and what to do first. Pure.
 */
import { advise } from '../../domain/advice.js';
import { isPast } from '../../domain/day.js';
import { dueBy } from '../../domain/deadlines.js';
import { SEVERITIES } from '../../domain/drift.js';
import { availabilityOfAll } from '../../domain/history-availability.js';
import type { Deadlines, Exception } from '../../domain/inventory.js';
import { instant } from '../../platform/page-times.js';
import { endpoint, percent } from '../graphs/graphs-words.js';
import { serviceRow } from '../services/services-view.js';
import type { OwnedFinding } from './owner.queries.js';
import type { OwnerSummary } from './owner-duties.js';

export function ownerRow({ owner, isDeclared, ports, hosts, counts, services }: OwnerSummary) {
  const figures = availabilityOfAll(services.map(({ figures }) => figures));
  const toDo = SEVERITIES.reduce((all, severity) => all + counts.toDo[severity], 0);
  return {
    ...{ id: owner.id, name: owner.name, email: owner.email, receivers: owner.receivers.join(', ') },
    ...{ isDeclared, ports, hosts, toDo, accepted: counts.accepted, suspected: counts.suspected },
    path: `/owners/${encodeURIComponent(owner.id)}`,
    findingsPath: `/findings?state=to-do&owner=${encodeURIComponent(owner.id)}`,
    severities: SEVERITIES.map((value) => ({ value, count: counts.toDo[value] })),
    failing: services.reduce((all, { failing }) => all + failing, 0),
    availability: percent(figures.availability),
    isKnown: figures.availability !== null,
  };
}

export function findingLine(finding: OwnedFinding, deadlines: Deadlines, now: Date) {
  const { address, port, host } = finding;
  const due = dueBy(finding, deadlines);
  return {
    ...finding,
    where: address !== null && port !== null ? endpoint(address, port) : (address ?? host),
    showsHost: address !== null && host !== address,
    advice: advise({ kind: finding.kind, declared: finding.declared as 'undeclared' }),
    openedAt: instant(finding.openedAt, now),
    due: due && { ...instant(due, now), isOver: due < now },
  };
}

export const exceptionLine = ({ host, ports, reason, approvedBy, expires }: Exception, today: string) => ({
  ...{ host, ports: `${ports}`, reason, approvedBy, expires, isPast: isPast(expires, today) },
});

/** Those that fail, then those that were least available, as the list has them. */
export const servicesOf = ({ services }: OwnerSummary) => services.map(serviceRow);
