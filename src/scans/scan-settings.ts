/*
 * How carefully an audit's scans probe. One place, so that the service and the command line scan alike.
 */
import type { AuditPlan } from '../domain/audit-plan.js';

/** Enough to fill the default rate at the default time-out, and below every usual limit of open files. */
const IN_FLIGHT = 1000;

export function scanSettings(plan: AuditPlan, seed: number) {
  const { timeoutMs, retries } = plan.audit;
  return { seed, timeoutMs, retries, ratePerSecond: plan.ratePerSecond, inFlight: IN_FLIGHT };
}
