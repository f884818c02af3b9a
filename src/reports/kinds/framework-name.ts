/*
 * A framework as people call it, in the words of a language; what nobody knows here is called as it was asked for.
 */
import { frameworkOf, wordKey } from '../../domain/report/compliance/frameworks.js';
import type { Language } from '../../domain/report/parameters.js';
import { wordsIn } from '../drawing/words.js';

export function frameworkName(id: string | null, language: Language = 'en'): string | null {
  const known = frameworkOf(id);
  return known ? wordsIn(language).say(`frameworks.${wordKey(known.id)}.name`) : id;
}
