/*
 * Has an audit gone for too long without a run that can be trusted? Twice its interval: one slot may be missed, or meet a
 * scanner that can't see, before anybody is told.
 */
import type { Audit } from './inventory.js';
import { nextDue } from './schedule.js';

const INTERVALS = 2;

/**
 * Since when it is overdue; null where it is not, or has no schedule.
 * @param trustedAt when its last run ended that judged something, clean or drift; null where there is none
 * @param since when its schedule began to hold
 */
export function staleSince(
  { schedule }: Pick<Audit, 'schedule'>,
  trustedAt: Date | null,
  since: Date,
  now: Date,
): Date | null {
  if (!schedule) return null;
  let at: Date | null = trustedAt && trustedAt > since ? trustedAt : since;
  for (let slots = 0; at && slots < INTERVALS; slots++) at = nextDue(schedule, at);
  return at && at < now ? at : null;
}
