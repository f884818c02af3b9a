/*
 * Times and shares as a reader takes them in, in the language of the report.
 */
import type { Catalogue } from '../drawing/words.js';

export function duration(ms: number, words: Catalogue): string {
  if (ms < 1000) return `${ms} ms`;
  const seconds = Math.round(ms / 1000);
  if (ms < 60_000) return `${words.decimal(ms / 1000)} s`;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts[0] ? `${parts[0]} h ${parts[1]} min` : `${parts[1]} min ${parts[2]} s`;
}

export const milliseconds = (ms: number, words: Catalogue): string =>
  `${ms < 10 ? words.decimal(ms) : Math.round(ms)} ms`;
