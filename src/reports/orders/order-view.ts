/*
 * An order as pages show it: how far it is, what comes before it, and where it leads. Pure.
 */
import { instant, instantOrNull } from '../../platform/page-times.js';
import { hasSettled, type OrderState, orderState } from './order-state.js';
import type { ListedOrder } from './orders.queries.js';
import { askPath } from './report-form.js';
import { nameOf, parametersLine, parametersSaid, STATES } from './report-words.js';

const LEGS = ['Asked for', 'Drawn', 'Printed', 'Ready'] as const;
const LEG_OF: Readonly<Partial<Record<OrderState, number>>> = {
  waiting: 0,
  drawing: 1,
  printing: 2,
  ready: 3,
};

export function orderView(order: ListedOrder, now: Date) {
  const state = orderState(order, now);
  const { parameters, reportId } = order;
  const at = LEG_OF[state] ?? null;
  return {
    ...{ id: order.id, path: `/reports/orders/${order.id}`, name: nameOf(parameters), state },
    ...{ mark: STATES[state].mark, word: STATES[state].word, isSettled: hasSettled(state) },
    is: Object.fromEntries(Object.keys(STATES).map((one) => [one.replace('-', ''), one === state])),
    line: parametersLine(parameters),
    parameters: parametersSaid(parameters),
    ...{ askedBy: order.askedBy, asked: instant(order.askedAt, now) },
    ...{ schedule: order.schedule, slot: instantOrNull(order.slot, now) },
    ended: instantOrNull(order.endedAt, now),
    ahead: state === 'waiting' ? (order.ahead ?? 0) : 0,
    problem: order.problem,
    attempts: order.attempts,
    // What was done before is crossed off; what came to nothing has no way any more.
    legs:
      at === null
        ? []
        : LEGS.map((label, leg) => ({ label, leg: leg + 1, isHere: leg === at, isDone: leg < at })),
    report: reportId === null ? null : `/reports/${reportId}`,
    pdf: state === 'ready' ? `/reports/${reportId}/report.pdf` : null,
    again: askPath(parameters),
  };
}
