/*
 * The snapshot of a register of exceptions: every risk that the inventory accepts, and every finding that somebody accepted by hand, as
 * they stood on the last day of the period; and those that ended within it.
 *
 * The promise: an exception is called idle only where trustworthy runs of the period could judge all of its ports and none of them
 * drifts; where nobody could look, it is `unseen`, and may well still cover something.
 */
import { z } from 'zod';
import { DRIFT_KINDS, SEVERITIES } from '../../drift.js';
import { Period } from '../compliance/compliance.js';
import { reportHead } from '../head.js';

const day = z.iso.date();
const instant = z.iso.datetime();
const count = z.int().min(0);
const some = z.string().nullable();

export const EXCEPTION_STATES = ['ended', 'soon', 'unseen', 'idle', 'holds'] as const;
export type ExceptionState = (typeof EXCEPTION_STATES)[number];

const EXCEPTION_SOURCES = ['inventory', 'finding'] as const;

export const ExceptionEvidence = z.object({
  source: z
    .enum(EXCEPTION_SOURCES)
    .describe('who keeps it: the inventory, or the finding that was accepted by hand'),
  finding: some.describe('its number, where it is one finding'),
  kind: z.enum(DRIFT_KINDS).nullable(),
  severity: z.enum(SEVERITIES).nullable(),
  host: z.string(),
  address: some,
  ports: z.string().describe('in the notation of nmap; empty where a finding is about the host as a whole'),
  owner: some,
  reason: some,
  requestedBy: some.describe('null where it was not recorded: the inventory has no place for it'),
  approvedBy: some,
  since: instant.nullable(),
  sinceIsExact: z.boolean().describe('false where it is older than what was read'),
  until: day.nullable(),
  daysLeft: z.int().nullable().describe('0 on its last day, and below after it; null without an end'),
  reviewBy: day
    .nullable()
    .describe('its end, or an earlier day on which what is declared there has to be looked at'),
  isReviewDue: z.boolean().describe('within 30 days, or over'),
  covers: count.nullable().describe('accepted findings; null where it is one itself'),
  state: z.enum(EXCEPTION_STATES),
});
export type ExceptionEvidence = z.infer<typeof ExceptionEvidence>;

export const EndedException = z.object({
  source: z.enum(EXCEPTION_SOURCES),
  ...{ finding: some, host: z.string(), address: some, ports: z.string(), owner: some },
  how: z
    .enum(['expired', 'withdrawn', 'resolved'])
    .describe('its day passed; somebody took it back; what it was about is gone'),
  at: instant,
  by: some.describe('null where nobody signed'),
  why: some,
});
export type EndedException = z.infer<typeof EndedException>;

const states = z.object(
  Object.fromEntries(EXCEPTION_STATES.map((state) => [state, count])) as Record<ExceptionState, typeof count>,
);

export const ExceptionsSnapshot = z.object({
  format: z.literal('portolan-exceptions/1'),
  ...reportHead,
  period: Period,
  word: z.enum(['current', 'expired', 'doubtful']),
  tallies: z.object({
    all: count,
    states,
    sources: z.object({ inventory: count, finding: count }),
    reviewDue: count,
    withoutEnd: count,
    withoutRequester: count,
    ownApprover: count.describe('approved by who asked for it'),
    accepted: count.describe('findings that are accepted'),
    covered: count.describe('those of them that exceptions of the inventory cover'),
    ended: z.object({ all: count, expired: count, withdrawn: count, resolved: count }),
  }),
  basis: z.array(z.string()).readonly(),
  exceptions: z.object({ total: count, rows: z.array(ExceptionEvidence).readonly() }),
  ended: z.object({ total: count, rows: z.array(EndedException).readonly() }),
  versionsUnread: z
    .int()
    .min(1)
    .optional()
    .describe('versions of the inventory that were not read: what was taken back by them is not counted'),
});
export type ExceptionsSnapshot = z.infer<typeof ExceptionsSnapshot>;
