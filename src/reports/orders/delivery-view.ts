/*
 * The mail of a report to one address as pages show it: what fragments/reports/deliveries.hbs asks for. Pure.
 */
import { instant, instantOrNull } from '../../platform/page-times.js';
import type { DeliveryRow } from './schedules.queries.js';

export function deliveryView(
  { id, receiver, address, isWhole, state, attempts, ...row }: DeliveryRow,
  now: Date,
) {
  return {
    ...{ id, receiver, address, isWhole, state, attempts },
    made: instant(row.madeAt, now),
    endedAt: instantOrNull(row.endedAt, now),
    // Before the first try it waits for the report, and not for another try.
    next: state === 'waiting' && attempts > 0 ? instant(row.nextAt, now) : null,
    result: state === 'sent' ? row.detail : row.problem,
    isDead: state === 'dead',
  };
}
