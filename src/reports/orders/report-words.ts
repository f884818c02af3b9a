/*
 * The words that pages have for reports: kinds, states, and what one was asked for with. What was not narrowed down is said to be all, so
 * that nobody takes a part for the whole. Pure. (What the reports themselves say is in templates/report/words/.)
 */

import type { Language, ReportKind, ReportParameters } from '../../domain/report/parameters.js';
import { visibleText } from '../../domain/visible-text.js';
import { frameworkName } from '../kinds/framework-name.js';
import type { OrderState } from './order-state.js';
import type { Period } from './report-period.js';

export const KINDS: Readonly<Record<ReportKind, { readonly word: string; readonly means: string }>> = {
  exposure: { word: 'Exposure', means: 'what answers now, and what of it is not as declared' },
  drift: {
    word: 'Drift over a period',
    means: 'what came, what went and what stayed, from one day to another',
  },
  compliance: { word: 'Compliance', means: 'the controls of a framework, and the evidence for each' },
  attestation: { word: 'Owner attestation', means: 'what an owner answers for, to be confirmed by them' },
  exceptions: { word: 'Exceptions register', means: 'risks that were accepted: by whom, why and until when' },
};

export const LANGUAGE_WORDS: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

export const PERIOD_WORDS: Readonly<Record<Period, string>> = {
  none: 'none: as things stand',
  'last-month': 'last month',
  'last-quarter': 'last quarter',
  days: 'from one day to another',
};

/** `mark` is a shape of fragments/marks.hbs. */
export const STATES: Readonly<Record<OrderState, { readonly mark: string; readonly word: string }>> = {
  waiting: { mark: 'inconclusive', word: 'Waiting' },
  drawing: { mark: 'going', word: 'Being drawn' },
  printing: { mark: 'going', word: 'Being printed' },
  ready: { mark: 'clean', word: 'Ready' },
  unprinted: { mark: 'failed', word: 'Not printed' },
  'let-go': { mark: 'inconclusive', word: 'Let go' },
  refused: { mark: 'failed', word: 'Refused' },
  failed: { mark: 'failed', word: 'Failed' },
};

export const nameOf = ({
  kind,
  title,
}: {
  readonly kind: ReportKind;
  readonly title: string | null;
}): string => title ?? KINDS[kind].word;

export interface Said {
  readonly label: string;
  readonly value: string;
  /** It was not narrowed down. */
  readonly isAll: boolean;
}

/** All that it was asked for with. */
export function parametersSaid(parameters: ReportParameters): Said[] {
  const { audits, scope, owner, tags, framework, language, paper, kind } = parameters;
  const said = (label: string, value: string | null, all: string): Said => ({
    ...{ label, value: value === null ? all : visibleText(value), isAll: value === null },
  });
  return [
    said('Audits', audits.length === 0 ? null : audits.join(', '), 'all'),
    said('Scope', scope, 'all'),
    said('Owner', owner, 'everybody'),
    said('Tags', tags.length === 0 ? null : tags.join(' and '), 'whatever they are'),
    said('Period', periodSaid(parameters), 'none: as things stood'),
    ...(kind === 'compliance' ? [said('Framework', frameworkName(framework), 'the one that is usual')] : []),
    { label: 'Language, paper', value: `${LANGUAGE_WORDS[language]}, ${paper}`, isAll: false },
  ];
}

/** The same in a line, for a list: only what it was narrowed down to. */
export function parametersLine(parameters: ReportParameters): string {
  const { audits, scope, owner, tags, framework } = parameters;
  const parts = [
    periodSaid(parameters),
    owner === null ? null : `owner ${owner}`,
    scope === null ? null : `scope ${scope}`,
    tags.length === 0 ? null : `tags ${tags.join(', ')}`,
    audits.length === 0 ? null : `audits ${audits.join(', ')}`,
    frameworkName(framework),
  ];
  return parts.filter((part) => part !== null).join('; ') || 'everything';
}

function periodSaid({ from, to }: Pick<ReportParameters, 'from' | 'to'>): string | null {
  if (from === null && to === null) return null;
  if (from === null) return `until ${to}`;
  return to === null ? `from ${from} on` : `${from} to ${to}`;
}
