/*
 * How fast a slice may be probed, so that neither the plan's rate nor a host's share of it is exceeded. The one place
 * that decides a rate by slice.
 *
 * The order is shuffled: a host's expected share of any stretch is its share of the plan. That keeps a host's rate on the
 * average only, as chance bunches probes of one host now and then.
 */
import type { ScanPlan } from '../../domain/scan-plan.js';
import type { SpaceLayout } from '../probe-space.js';

const FIELDS = 6;

export function sliceRate(
  { ratePerSecond, ratePerHost }: Pick<ScanPlan, 'ratePerSecond' | 'ratePerHost'>,
  { count, blocks }: SpaceLayout,
): number {
  if (ratePerHost === undefined) return ratePerSecond;
  let most = 1;
  for (let at = 4; at < blocks.length; at += FIELDS) most = Math.max(most, blocks[at]!);
  return Math.min(ratePerSecond, (ratePerHost * Math.max(1, count)) / most);
}
