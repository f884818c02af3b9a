/*
 * What a request asks to be done to findings, read and checked: the shape is the domain's Action, and who does it. Until
 * there is a sign-in, people say who they are.
 */
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { type Action, approvalBy } from '../domain/act.js';
import { Refusal } from '../platform/refusal.js';
import { signedBy } from '../platform/visit.js';

const LONGEST = 2000;
const words = (what: string, most = LONGEST) =>
  z
    .string({ error: `expected ${what}` })
    .transform((text) => text.replaceAll('\0', '').trim())
    .pipe(z.string().min(1, `expected ${what}`).max(most, `expected at most ${most} characters`));
const name = (what: string) => words(what, 100);

export const AskedAction = z.intersection(
  z.object({ by: name('who does it, as by') }),
  z.discriminatedUnion(
    'do',
    [
      z.object({ do: z.literal('acknowledge'), why: words('a reason, as why') }),
      z.object({
        do: z.literal('accept'),
        why: words('a reason, as why'),
        until: words('a day, as until', 10),
        requestedBy: name('who asks for it, as requestedBy'),
        approvedBy: name('who approves it, as approvedBy'),
      }),
      z.object({ do: z.literal('reopen'), why: words('a reason, as why') }),
      z.object({
        do: z.literal('assign'),
        to: z
          .string()
          .max(100)
          .nullish()
          .transform((to) => to?.replaceAll('\0', '').trim() || null),
      }),
      z.object({ do: z.literal('comment'), text: words('a text') }),
    ],
    { error: 'expected do to be acknowledge, accept, reopen, assign or comment' },
  ),
);

/** The name of whoever approves it, as domain/act.ts has it. */
function approved(body: unknown, actor: Actor): unknown {
  const asked = body as { do?: unknown; approvedBy?: unknown } | null | undefined;
  if (asked?.do !== 'accept') return body;
  const approval = approvalBy(actor, String(asked.approvedBy ?? ''));
  if (!approval.ok) throw new Refusal('forbidden', approval.why);
  return actor.account === null ? body : { ...asked, approvedBy: approval.approvedBy };
}

/** Signed by whoever has signed in. */
export function readAction(
  body: unknown,
  actor: Actor,
): { action: Action; who: { by: string; seen: readonly string[] | null } } {
  const read = AskedAction.safeParse(signedBy(approved(body, actor), actor) ?? {});
  if (!read.success) {
    const problems = new Set(read.error.issues.map(({ message }) => message));
    throw new Refusal('bad-input', `that can’t be done: ${[...problems].join('; ')}`);
  }
  const { by, ...action } = read.data;
  return { action, who: { by, seen: actor.owners } };
}
