/*
 * What a change of the inventory makes of the findings that are there: which the next run would resolve, and which nobody
 * would look for any more. What the network does meanwhile is not known, so that this is what the inventory says, and no promise.
 */
import { expectationsIndex } from './expectations.js';
import type { Inventory } from './inventory.js';

export interface PortFinding {
  readonly id: string;
  readonly kind: string;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly observed: string | null;
  readonly owner: string | null;
}

export type Foreseen<T> = T & { readonly becomes: 'resolved' | 'ended' };

/** Of findings about single ports, those that the change would end. */
export function foresee<T extends PortFinding>(
  before: Inventory | null,
  after: Inventory,
  findings: readonly T[],
): Array<Foreseen<T>> {
  const was = before ? expectationsIndex(before, 'local') : null;
  const is = expectationsIndex(after, 'local');
  return findings.flatMap((finding): Array<Foreseen<T>> => {
    const { address, port, observed } = finding;
    const expected = is(address);
    if (expected.host === null) return was?.(address).host ? [{ ...finding, becomes: 'ended' }] : [];
    if (observed === null || contradicts(expected, port, observed, after)) return [];
    return [{ ...finding, becomes: 'resolved' }];
  });
}

function contradicts(
  expected: ReturnType<ReturnType<typeof expectationsIndex>>,
  port: number,
  observed: string,
  { undeclared }: Inventory,
): boolean {
  if (expected.open.has(port)) return observed !== 'open';
  if (expected.filtered.has(port)) return observed !== 'filtered' && observed !== 'unreachable';
  return observed === 'open' && (expected.closed.has(port) || undeclared === 'closed');
}
