/*
 * What reports say, in a language: templates/report/words/<language>.yaml, one file a language, messages in ICU MessageFormat. A word
 * that is missing, or an argument that a message asks for and nobody gave, is an error, never an empty place.
 */
import type { Language } from '../../domain/report/parameters.js';

export interface Words {
  readonly language: Language;
  /** @param key its path in the file: `cover.verdict`. Numbers are grouped, and plurals chosen, as the language does. */
  say(key: string, values?: Readonly<Record<string, string | number>>): string;
  /** `28 November 2026`, in UTC. */
  day(iso: string): string;
  /** `2026-11-28 09:15:59 UTC` in every language. */
  instant(iso: string): string;
  number(count: number): string;
}
