/*
 * Applies what was proposed, or says what has come since the version from which it was made: the change of somebody else is never
 * taken back by accident.
 */
import { z } from 'zod';
import type { Change } from '../domain/inventory-diff.js';
import { readBody, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import type { ApplyTerms, InventoryService, InventoryText } from './inventory.service.js';

const Terms = z.object({
  by: words(100),
  note: z
    .string()
    .max(2000)
    .optional()
    .transform((note) =>
      note === undefined || note.trim() === '' ? null : note.replaceAll('\0', '').trim(),
    ),
  base: z.string().regex(/^\d{0,18}$/, 'expected the number of a version'),
});

/** As a form sends them; an empty base is before the first version. */
export function readTerms(body: unknown): ApplyTerms {
  const { by, note, base } = readBody(Terms, body);
  return { by, note, base: base === '' ? '0' : base };
}

/** What came after the version from which a proposal was made. */
export interface Since {
  readonly from: string;
  readonly to: string;
  readonly by: string | null;
  readonly changes: readonly Change[];
}

export async function applyOrTell(
  inventory: InventoryService,
  { text }: { readonly text: InventoryText },
  terms: ApplyTerms,
): Promise<{ readonly ok: true; readonly version: string } | { readonly ok: false; readonly since: Since }> {
  try {
    const { version } = await inventory.apply(text, terms);
    return { ok: true, version };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'stale') throw error;
    return { ok: false, since: await sinceOf(inventory, terms.base!) };
  }
}

/** @param from a version, '0' for before the first one */
export async function sinceOf(inventory: InventoryService, from: string): Promise<Since> {
  const now = await inventory.texts(null);
  const before = from === '0' ? null : await inventory.texts(from);
  const changes = await inventory.between(before, now!);
  return { from, to: now!.id, by: now!.appliedBy, changes };
}
