/*
 * A finding that somebody thinks of, read from a query: who would hear of it? What is left out is the usual: the owner is the
 * host's own.
 */
import { z } from 'zod';
import { DRIFT_KINDS, SEVERITIES } from '../domain/drift.js';
import type { Inventory } from '../domain/inventory.js';
import { readBody } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import type { Imagined } from './dry-run.js';

const name = z
  .string()
  .max(255, 'expected a name')
  .optional()
  .transform((text) => text?.replaceAll('\0', '').trim() || null);

export const ImaginedQuery = z.object({
  host: name,
  owner: name,
  kind: z.enum(DRIFT_KINDS, `expected one of ${DRIFT_KINDS.join(', ')}`).default('unexpected-open'),
  severity: z.enum(SEVERITIES, `expected one of ${SEVERITIES.join(', ')}`).default('high'),
  audit: name,
  vantage: name,
});

/** Throws Refusal where it names what is not declared: an answer would be about something else. */
export function readImagined(query: unknown, { hosts, owners, audits, vantages }: Inventory): Imagined {
  const { host, owner, ...asked } = readBody(ImaginedQuery, query);
  const declared = hosts.find((one) => one.name === host);
  const unknown = [
    host !== null && !declared && `host '${host}'`,
    owner !== null && !owners.has(owner) && `owner '${owner}'`,
    asked.audit !== null && !audits.some((one) => one.name === asked.audit) && `audit '${asked.audit}'`,
    asked.vantage !== null &&
      !vantages.some((one) => one.name === asked.vantage) &&
      `vantage '${asked.vantage}'`,
  ].filter((one) => one !== false);
  if (unknown.length > 0)
    throw new Refusal('bad-input', `there is no ${unknown.join(', and no ')} in the inventory`);
  return { ...asked, host: host ?? '', owner: owner ?? declared?.owner ?? null };
}
