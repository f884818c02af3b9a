/*
 * What a change of the inventory makes of findings: which the next run would resolve, which nobody would look for any more, and
 * which it would open, by what was last seen. What the network does meanwhile is not known, so that this is no promise.
 */
import { expectationsIndex } from './expectations.js';
import type { Expectations, Inventory } from './inventory.js';
import { PortSet } from './port-set.js';

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
  expected: Expectations,
  port: number,
  observed: string,
  { undeclared }: Inventory,
): boolean {
  if (expected.open.has(port)) return observed !== 'open';
  if (expected.filtered.has(port)) return observed !== 'filtered' && observed !== 'unreachable';
  return observed === 'open' && (expected.closed.has(port) || undeclared === 'closed');
}

export interface PortAt {
  readonly address: string;
  readonly port: number;
}

/** The ports of these addresses of which something else is expected than before: the first so many. */
export function changedPorts(
  before: Inventory | null,
  after: Inventory,
  addresses: readonly string[],
  most: number,
): PortAt[] {
  const was = before ? expectationsIndex(before, 'local') : null;
  const is = expectationsIndex(after, 'local');
  const found: PortAt[] = [];
  for (const address of addresses) {
    const [old, fresh] = [was?.(address) ?? null, is(address)];
    if (fresh.host === null) continue;
    for (const port of differing(old, fresh)) {
      if (found.length >= most) return found;
      found.push({ address, port });
    }
  }
  return found;
}

const EXPECTED = ['open', 'closed', 'filtered'] as const;

function differing(before: Expectations | null, after: Expectations): PortSet {
  return PortSet.unionOf(
    EXPECTED.flatMap((one) => {
      const old = before?.[one] ?? PortSet.empty;
      return [old.subtract(after[one]), after[one].subtract(old)];
    }),
  );
}

export interface PortSeen extends PortAt {
  readonly observed: string;
}

/** Of what was last seen, that which contradicts the inventory. */
export function wouldOpen<T extends PortSeen>(after: Inventory, seen: readonly T[]): T[] {
  const is = expectationsIndex(after, 'local');
  return seen.filter(({ address, port, observed }) => contradicts(is(address), port, observed, after));
}
