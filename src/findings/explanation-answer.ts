/*
 * The shape of an explanation, for whoever reads it as a program.
 */
import { z } from 'zod';
import { PORT_STATES } from '../domain/observation.js';

const text = z.string().nullable();

export const ExplanationAnswer = z.object({
  ...{ address: z.string(), port: z.int(), vantage: z.string(), host: text },
  declared: z.object({ expect: z.string(), service: text, owner: text, why: text, place: text }),
  observed: z.object({
    ...{ state: z.enum(PORT_STATES), reason: z.string(), connectMs: z.number().nullable() },
    ...{ at: text, run: text },
  }),
  verdict: z.enum(['match', 'drift', 'unknown']),
  because: z.string(),
  findings: z.array(
    z.object({
      ...{ kind: z.string(), state: z.string(), severity: z.string(), severityReasons: z.array(z.string()) },
      history: z.array(z.object({ at: z.string(), actor: z.string(), to: z.string(), why: z.string() })),
    }),
  ),
  exceptions: z.array(
    z.object({ reason: z.string(), approvedBy: z.string(), expires: z.string(), expired: z.boolean() }),
  ),
  route: z.object({
    ...{ owner: text, email: text, receivers: z.array(z.string()) },
    told: z.array(z.object({ receiver: z.string(), type: z.string(), because: z.string() })),
  }),
});
