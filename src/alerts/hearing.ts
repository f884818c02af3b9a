/*
 * Who would hear of what is open, otherwise than today, were another inventory in force: by the same walk down the routes. Pure.
 */
import type { Finding } from '../domain/finding.js';
import type { Inventory } from '../domain/inventory.js';
import { type Router, router, vantageOf } from '../domain/routing.js';

export interface OpenFinding
  extends Pick<Finding, 'key' | 'kind' | 'severity' | 'host' | 'address' | 'port' | 'owner'> {
  readonly id: string;
  /** By which it was last moved; null where that was no run. */
  readonly audit: string | null;
}

export interface HeardOtherwise {
  /** Names of receivers. */
  readonly today: readonly string[];
  readonly after: readonly string[];
  readonly count: number;
  /** One of them. */
  readonly example: OpenFinding;
}

/** Those of whom there are most first. */
export function heardOtherwise(
  before: Inventory,
  after: Inventory,
  findings: readonly OpenFinding[],
): HeardOtherwise[] {
  const [today, later] = [namesBy(before), namesBy(after)];
  const groups = new Map<string, HeardOtherwise>();
  for (const example of findings) {
    const [was, is] = [today(example), later(example)];
    const key = JSON.stringify([was, is]);
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    const group = groups.get(key) ?? { today: was, after: is, count: 0, example };
    groups.set(key, { ...group, count: group.count + 1 });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

function namesBy(inventory: Inventory): (finding: OpenFinding) => string[] {
  const routed: Router = router(inventory);
  return (finding) =>
    routed({ ...finding, vantage: vantageOf(finding, inventory) })
      .map(({ receiver }) => receiver.name)
      .sort();
}
