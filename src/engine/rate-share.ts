/*
 * A part of a plan's rates, for one of several that probe at the same time: together they keep to what the plan allows
 * the whole, a host and a subnet. What has no limit has none in parts either.
 */
import type { ScanPlan } from '../domain/scan-plan.js';

export function shareOf(plan: ScanPlan, share: number): ScanPlan {
  return {
    ...plan,
    ratePerSecond: plan.ratePerSecond * share,
    ...(plan.ratePerHost === undefined ? {} : { ratePerHost: plan.ratePerHost * share }),
    ...(plan.ratePerSubnet === undefined ? {} : { ratePerSubnet: plan.ratePerSubnet * share }),
  };
}
