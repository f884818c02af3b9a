/*
 * What is done to acceptances, for the page and for programs: renewing one is accepting it again, ending one is opening it again.
 * What is not accepted is not touched.
 */
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { readBody, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import type { AcceptedPlace } from './exceptions.queries.js';
import { readAction } from './finding-action.js';
import type { FindingsService } from './findings.service.js';

export const RegisterQuery = z.object({
  standing: z.enum(['', 'soon'], 'expected soon, or nothing').optional(),
  after: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d\.\d{1,18}$/, 'expected what an answer gave as next')
    .optional(),
});

export const Renewing = z.object({
  ...{ why: words(2000), until: z.iso.date(), requestedBy: words(100) },
  ...{ approvedBy: words(100).optional(), by: words(100).optional() },
});
export const Ending = z.object({ why: words(2000), by: words(100).optional() });

export function readRegister(query: unknown): { after: AcceptedPlace | null; soon: boolean } {
  const { standing, after } = readBody(RegisterQuery, query);
  const [until, id] = after?.split('.') ?? [];
  if (until !== undefined && Number.isNaN(Date.parse(until)))
    throw new Refusal('bad-input', 'after is no place in this list; expected what an answer gave as next');
  return { after: until !== undefined && id !== undefined ? { until, id } : null, soon: standing === 'soon' };
}

export const renewAcceptance = async (findings: FindingsService, id: string, body: unknown, actor: Actor) =>
  actOn(findings, id, { ...readBody(Renewing, body), do: 'accept' }, actor);

export const endAcceptance = async (findings: FindingsService, id: string, body: unknown, actor: Actor) =>
  actOn(findings, id, { ...readBody(Ending, body), do: 'reopen' }, actor);

async function actOn(findings: FindingsService, id: string, body: object, actor: Actor): Promise<void> {
  const { action, who } = readAction(body, actor);
  const ids = /^\d{1,18}$/.test(id) ? [id] : [];
  const { done, refused } = await findings.act(ids, action, who, { only: 'accepted' });
  if (refused.length > 0) throw new Refusal('conflict', refused[0]!.why);
  if (done === 0) throw new Refusal('not-found', `there is no accepted finding ${id.slice(0, 40)}`);
}
