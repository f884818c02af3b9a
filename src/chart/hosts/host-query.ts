/*
 * What part of one host a request is about: which address, and which range of ports.
 */
import { z } from 'zod';
import { MAX_PORT } from '../../domain/port-set.js';
import { readBody } from '../../platform/read-body.js';
import type { PortRange } from '../port-picture.js';

const port = (otherwise: number) =>
  z
    .union([z.literal(''), z.string().regex(/^\d{1,5}$/, `expected a port, 0 to ${MAX_PORT}`)])
    .optional()
    .transform((value) => (value ? Number(value) : otherwise))
    .refine((value) => value <= MAX_PORT, `expected a port, 0 to ${MAX_PORT}`);

export const AddressQuery = z.object({
  address: z
    .string('expected an address, given once')
    .max(100)
    .optional()
    .describe('one of the host’s addresses; by default the first at which something drifts'),
});
const PartQuery = AddressQuery.extend({ from: port(0), to: port(MAX_PORT) });

export interface HostPart {
  readonly address: string | null;
  /** The lower port first, whichever way they were given. */
  readonly range: PortRange;
}

export function readHostPart(query: unknown): HostPart {
  const { address, from, to } = readBody(PartQuery, query);
  return { address: address || null, range: { from: Math.min(from, to), to: Math.max(from, to) } };
}
