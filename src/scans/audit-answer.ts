/*
 * Audits and windows as programs are shown them: the schemas that the API's description has, and what fills them in. Pure.
 */
import { z } from 'zod';
import type { Spell } from '../domain/window.js';
import type { Pause } from './agenda.service.js';
import { scheduleText } from './agenda-view.js';
import type { AuditFacts } from './audit-book.js';
import { RunAnswer, runAnswer } from './run-answer.js';
import type { WindowFacts } from './window-view.js';

const instant = z.iso.datetime();
const count = z.int().min(0);

export const AuditAnswer = z.object({
  name: z.string(),
  hosts: count.describe('of the inventory'),
  ports: z.string(),
  schedule: z.string().nullable().describe('in words; null where it runs by hand'),
  from: z.array(z.string()),
  nextAt: instant.nullable().describe('when its next run begins, as things are'),
  last: RunAnswer.nullable(),
  going: z.string().nullable().describe('the run that is going'),
  trustedAt: instant.nullable().describe('when the last run ended that could be believed'),
  overdueSince: instant.nullable().describe('since when it has had no such run for too long'),
  paused: z.object({ since: instant, by: z.string().nullable(), why: z.string().nullable() }).nullable(),
  blackout: z.object({ name: z.string(), until: instant }).nullable(),
});

export const OneAuditAnswer = z.object({
  audit: AuditAnswer,
  due: z.array(z.object({ dueAt: instant, startAt: instant, blackout: z.string().nullable() })),
  estimate: z
    .object({ addresses: count, probes: count, atLeastSeconds: count })
    .nullable()
    .describe('what it would do, without what DNS names lead to; null where it would not run'),
  problem: z.string().nullable().describe('why it would not run'),
});

export const PauseAnswer = z.object({
  paused: z.object({ since: instant, by: z.string(), why: z.string().nullable() }).nullable(),
});

export const pauseAnswer = (pause: Pause | null): z.infer<typeof PauseAnswer> => ({
  paused: pause && { since: pause.since.toISOString(), by: pause.by, why: pause.why },
});

const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

export function auditAnswer(facts: AuditFacts): z.infer<typeof AuditAnswer> {
  const { audit, agenda, blackout } = facts;
  return {
    name: audit.name,
    hosts: facts.hosts,
    ports: audit.portsText,
    schedule: audit.schedule && scheduleText(audit.schedule),
    from: [...audit.from],
    nextAt: iso(facts.next),
    last: facts.last && runAnswer(facts.last),
    going: facts.going?.id ?? null,
    trustedAt: iso(facts.trusted?.at),
    overdueSince: iso(facts.staleSince),
    paused: agenda?.pausedAt
      ? { since: agenda.pausedAt.toISOString(), by: agenda.pausedBy, why: agenda.pausedWhy }
      : null,
    blackout: blackout && { name: blackout.window.name, until: blackout.until.toISOString() },
  };
}

const SpellAnswer = z.object({ from: instant, until: instant });

export const WindowAnswer = z.object({
  name: z.string(),
  kind: z.enum(['blackout', 'maintenance']),
  why: z.string().nullable(),
  now: SpellAnswer.nullable().describe('null while it does not hold'),
  coming: z.array(SpellAnswer),
  audits: z.array(z.string()).describe('that it is about as a whole'),
  hosts: count.describe('of the inventory that it is about by themselves'),
});

const spellAnswer = ({ from, until }: Spell) => ({ from: from.toISOString(), until: until.toISOString() });

export const windowAnswer = ({
  window: { name, kind, why },
  now,
  coming,
  audits,
  hosts,
}: WindowFacts): z.infer<typeof WindowAnswer> => ({
  ...{ name, kind, why, hosts, audits: [...audits] },
  now: now && spellAnswer(now),
  coming: coming.map(spellAnswer),
});
