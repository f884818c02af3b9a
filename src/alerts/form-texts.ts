/*
 * Fields of forms that change the inventory, as texts, and what a file says as such. Pure.
 */
import { z } from 'zod';

/** What stands in a file, before anybody has judged it. */
export type Raw = Readonly<Record<string, unknown>>;

const MOST = 4000;

export const textField = z
  .string()
  .max(MOST, `expected at most ${MOST} characters`)
  .default('')
  .transform((text) => text.replaceAll('\0', '').trim());

export const wordsIn = (text: string): string[] => text.split(/[\s,;]+/).filter((word) => word !== '');

export function rawText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return Array.isArray(value) ? value.map(String).join(', ') : String(value);
}

export const asRaw = (value: unknown): Raw | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : null;
