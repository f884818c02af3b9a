/*
 * By when a finding has to be put right: so many days after it opened, by its severity.
 */
import type { Finding } from './finding.js';
import type { Deadlines } from './inventory.js';

const DAY_MS = 86_400_000;

/** As widely asked for where nothing is agreed: a week, a month, a quarter, half a year. */
export const DEADLINES: Deadlines = { critical: 7, high: 30, medium: 90, low: 180 };

/** When it has to be put right; null while nobody has to: it is suspected, accepted or over. */
export function dueBy(
  { state, severity, openedAt }: Pick<Finding, 'state' | 'severity' | 'openedAt'>,
  deadlines: Deadlines,
): Date | null {
  if ((state !== 'open' && state !== 'acknowledged') || !openedAt) return null;
  return new Date(openedAt.getTime() + deadlines[severity] * DAY_MS);
}
