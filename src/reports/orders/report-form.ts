/*
 * The form that asks for a report: what it shows, and what it sends, read as the parameters that it stands for. An address can have it
 * filled in, so that what was asked for once is asked for again. Pure.
 */
import { z } from 'zod';
import {
  LANGUAGES,
  PAPERS,
  REPORT_KINDS,
  type ReportKind,
  type ReportParameters,
} from '../../domain/report/parameters.js';
import { several, words } from '../../platform/read-body.js';
import type { Framework } from '../kinds/report-kinds.js';
import { PERIODS, periodOf } from './report-period.js';
import { KINDS, LANGUAGE_WORDS, PERIOD_WORDS } from './report-words.js';

/** What there is to choose from. */
export interface Choices {
  readonly kinds: readonly ReportKind[];
  readonly audits: readonly string[];
  readonly scopes: readonly string[];
  /** By their ids. */
  readonly owners: readonly string[];
  readonly frameworks: readonly Framework[];
}

const NAME_LONGEST = 200;
const name = z
  .string({ error: 'expected a text' })
  .max(NAME_LONGEST, `expected at most ${NAME_LONGEST} characters`);
const optional = name.optional().transform((text) => text?.replaceAll('\0', '').trim() || null);
const day = z
  .union([z.literal(''), z.iso.date()], 'expected a day, such as 2026-11-22')
  .optional()
  .transform((text) => text || null);
/** Typed, a comma between them. */
const list = z
  .string({ error: 'expected a text' })
  .max(4000)
  .optional()
  .transform((text) =>
    Array.from(new Set((text ?? '').split(/[,\n]/).map((one) => one.trim()))).filter(Boolean),
  )
  .pipe(z.array(name).max(100, 'expected at most 100'));

export const AskForm = z.object({
  kind: z.enum(REPORT_KINDS, `expected one of ${REPORT_KINDS.join(', ')}`),
  title: optional,
  audits: several(name).pipe(z.array(z.string()).max(100, 'expected at most 100')),
  scope: optional,
  owner: optional,
  tags: list,
  period: z.enum(PERIODS, `expected one of ${PERIODS.join(', ')}`).default('none'),
  from: day,
  to: day,
  framework: optional,
  language: z.enum(LANGUAGES, `expected one of ${LANGUAGES.join(', ')}`).default('en'),
  paper: z.enum(PAPERS, `expected one of ${PAPERS.join(', ')}`).default('A4'),
  by: words(100),
});
export type AskedForm = z.output<typeof AskForm>;

/** @param today YYYY-MM-DD */
export function parametersOf(form: AskedForm, today: string): ReportParameters {
  const { by: _by, period, from, to, framework, audits, ...rest } = form;
  return {
    ...rest,
    audits: audits.filter((audit) => audit !== ''),
    ...periodOf(period, { from, to }, today),
    // The field is there for every kind: without script it can't come and go.
    framework: form.kind === 'compliance' ? framework : null,
  };
}

/** Where the form stands filled in with these. */
export function askPath(parameters: ReportParameters): string {
  const { kind, title, audits, scope, owner, tags, from, to, framework, language, paper } = parameters;
  const query = new URLSearchParams({ kind });
  for (const audit of audits) query.append('audits', audit);
  const given = { title, scope, owner, from, to, framework, tags: tags.join(', ') || null };
  for (const [key, value] of Object.entries(given)) if (value !== null) query.set(key, value);
  if (from !== null || to !== null) query.set('period', 'days');
  if (language !== 'en') query.set('language', language);
  if (paper !== 'A4') query.set('paper', paper);
  return `/reports/new?${query}`;
}

export type Filled = Readonly<Record<string, unknown>>;

/** @param filled as an address has it, by whomever: what can't be chosen is not */
export function askFormView(filled: Filled, choices: Choices) {
  const said = (key: string): string => {
    const value = filled[key];
    return typeof value === 'string' ? value.slice(0, 4000) : '';
  };
  const chosen = [filled.audits].flat();
  const kind = choices.kinds.includes(said('kind') as ReportKind) ? said('kind') : choices.kinds[0];
  const options = (values: readonly string[], key: string) =>
    values.map((value) => ({ value, chosen: value === said(key) }));
  const worded = <T extends string>(values: readonly T[], text: (value: T) => string, key: string) =>
    values.map((value) => ({ value, word: text(value), chosen: value === (said(key) || values[0]) }));
  return {
    kinds: choices.kinds.map((value) => ({ value, ...KINDS[value], chosen: value === kind })),
    audits: choices.audits.map((value) => ({ value, chosen: chosen.includes(value) })),
    scopes: options(choices.scopes, 'scope'),
    owners: options(choices.owners, 'owner'),
    periods: worded(PERIODS, (period) => PERIOD_WORDS[period], 'period'),
    languages: worded(LANGUAGES, (language) => LANGUAGE_WORDS[language], 'language'),
    papers: worded(PAPERS, (paper) => paper, 'paper'),
    hasFramework: choices.kinds.includes('compliance'),
    frameworks: choices.frameworks.map(({ id, name: word }) => ({
      value: id,
      word,
      chosen: id === said('framework'),
    })),
    ...{ title: said('title'), tags: said('tags'), from: said('from'), to: said('to') },
    framework: said('framework'),
  };
}
