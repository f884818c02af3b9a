/*
 * Under which name a deed is remembered, so that a form that is sent twice does it once. A form brings a number of its own; what it
 * asks for is part of the name, so that who comes back to it and wants something else gets it done.
 */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';

const Once = z.object({ once: z.uuid() });

export function deedKey(form: object, about: string): string {
  const { once = randomUUID(), _csrf, ...asked } = form as Record<string, unknown>;
  const said = JSON.stringify([Object.entries(asked).sort(), about]);
  const number = Once.safeParse({ once }).data?.once ?? randomUUID();
  return `${number}-${createHash('sha256').update(said).digest('hex').slice(0, 16)}`;
}
