/*
 * What a report was asked for with, as the lines of its cover: what was not narrowed down is said to be all, so that nobody takes a part
 * for the whole. Pure.
 */
import type { ReportParameters } from '../../domain/report/parameters.js';
import type { ReportDocument } from './document.js';
import type { Words } from './words.js';

export type AskedFor = 'audits' | 'scope' | 'owner' | 'tags' | 'period' | 'framework';

/** @param names those that mean something to its kind, in the order of the cover */
export function askedWith(
  parameters: ReportParameters,
  words: Words,
  names: readonly AskedFor[],
): ReportDocument['parameters'] {
  return names.map((name) => ({
    label: words.say(`parameters.${name}`),
    value: said(name, parameters, words),
  }));
}

function said(name: AskedFor, parameters: ReportParameters, words: Words): string {
  if (name === 'period') return periodOf(parameters, words);
  const value = parameters[name];
  const texts = value === null ? [] : [value].flat();
  return texts.length > 0 ? texts.join(', ') : words.say('parameters.all');
}

function periodOf({ from, to }: ReportParameters, words: Words): string {
  if (from !== null && to !== null) return words.say('parameters.from-to', { from, to });
  if (from !== null) return words.say('parameters.since', { from });
  return to === null ? words.say('parameters.whole-time') : words.say('parameters.until', { to });
}
