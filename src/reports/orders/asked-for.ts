/*
 * Whether a report can be asked for as it is: what its parameters say for themselves, before anybody looks into the store. Whether what
 * they name is there, the source of its kind says (kinds/report-kind.ts). Pure.
 */
import type { ReportParameters } from '../../domain/report/parameters.js';

/** No database takes them in JSON that it is to look into. */
const NO_TEXT = /[\0\p{Surrogate}]/u;
/** Ten years: a typing error in a year is no period. */
const LONGEST_DAYS = 3660;
const DAY_MS = 86_400_000;

/** Null where it can be asked for; else what is wrong, in a sentence. @param today as YYYY-MM-DD, in UTC */
export function whyNotAskedFor(parameters: ReportParameters, today: string): string | null {
  const { kind, title, audits, scope, owner, tags, from, to, framework } = parameters;
  for (const text of [title, scope, owner, framework, ...audits, ...tags])
    if (text !== null && NO_TEXT.test(text)) return 'a name has a character that is none; expected text';
  if (from !== null && to !== null && from > to)
    return `the period ends on ${to}, before it begins on ${from}; expected from and to in order`;
  if (from !== null && from > today)
    return `from is ${from}, and that is still to come; expected a day up to today`;
  if (from !== null && Date.parse(to ?? today) - Date.parse(from) > LONGEST_DAYS * DAY_MS)
    return 'the period is longer than ten years; expected less';
  if (kind === 'drift' && from === null)
    return 'a report of drift tells of a period, and none is given; expected from, and to';
  if (framework !== null && kind !== 'compliance')
    return `a framework is of compliance reports alone, and this one is of ${kind}; expected none`;
  return null;
}
