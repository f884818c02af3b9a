/*
 * Which messages a request is about, from its query, and the query that says it again.
 */
import { z } from 'zod';
import { readBody } from '../platform/read-body.js';
import type { MessageFilter } from './messages.queries.js';

const given = <T extends z.ZodType>(one: T) =>
  z
    .union([z.literal(''), one])
    .optional()
    .transform((value) => (value === '' || value === undefined ? null : (value as z.output<T>)));
const state = z.enum(['waiting', 'sent', 'dead'], 'expected waiting, sent or dead');
const day = z.iso.date('expected a day, YYYY-MM-DD');

export const MessageQuery = z.object({
  state: given(state),
  receiver: given(z.string().max(300)).transform((name) => name?.replaceAll('\0', '') || null),
  from: given(day),
  until: given(day),
  /** The id from which on. */
  before: given(z.string().regex(/^\d{1,18}$/, 'expected the id of a message')),
});

/** Throws Refusal where nobody could have chosen it. */
export function readMessages(query: unknown): { filter: MessageFilter; before: string | null } {
  const { before, ...filter } = readBody(MessageQuery, query);
  return { filter, before };
}

export function messagesQuery(filter: MessageFilter, before: string | null): string {
  const values = Object.entries({ ...filter, before });
  const said = values.filter((entry): entry is [string, string] => entry[1] !== null);
  return said.length === 0 ? '/alerts' : `/alerts?${new URLSearchParams(said)}`;
}
