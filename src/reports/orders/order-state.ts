/*
 * Where an order stands, from its row and its report's: pure, and the same for pages, programs and the command line.
 *
 *   waiting → drawing → printing → ready        unprinted: there is evidence, and no PDF
 *                   └→ refused, failed          let-go: there was a report
 */
import type { Outcome } from './orders.entities.js';

export const ORDER_STATES = [
  ...(['waiting', 'drawing', 'printing', 'ready'] as const),
  ...(['unprinted', 'let-go', 'refused', 'failed'] as const),
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export interface OrderFacts {
  readonly leasedUntil: Date | null;
  readonly outcome: Outcome | null;
  readonly printedAt: Date | null;
  readonly letGoAt: Date | null;
  /** The press has tried as often as it will. */
  readonly isGivenUp: boolean;
}

export function orderState(order: OrderFacts, now: Date): OrderState {
  if (order.outcome === null)
    return order.leasedUntil !== null && order.leasedUntil > now ? 'drawing' : 'waiting';
  if (order.outcome !== 'made') return order.outcome;
  return pressState(order);
}

/** Of a report that is there. */
export function pressState({
  printedAt,
  letGoAt,
  isGivenUp,
}: Pick<OrderFacts, 'printedAt' | 'letGoAt' | 'isGivenUp'>): 'printing' | 'ready' | 'unprinted' | 'let-go' {
  if (letGoAt !== null) return 'let-go';
  if (printedAt !== null) return 'ready';
  return isGivenUp ? 'unprinted' : 'printing';
}

/** Nothing more happens by itself. */
export const hasSettled = (state: OrderState): boolean =>
  state !== 'waiting' && state !== 'drawing' && state !== 'printing';
