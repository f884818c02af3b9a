/*
 * A report as a mail: its subject, its text, and what is attached. Pure.
 *
 * To whom no details are told goes where the report is, and nothing that it says. A file that many mail servers would refuse for its size
 * is not attached. The promise: the hash in the text is that of the very file that is attached.
 */

import { join } from 'node:path/posix';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { visibleText } from '../../domain/visible-text.js';
import { frameworkName } from '../kinds/framework-name.js';
import { LETTER_WORDS, type LetterWords } from './letter-words.js';

/** As bytes: in a mail a third more. */
export const ATTACHED_MOST_BYTES = 10 * 1024 * 1024;
const SUBJECT_MOST = 150;
const LINE_MOST = 600;

/** What a report says in a few lines. */
export interface Summary {
  readonly word: string | null;
  readonly because: string | null;
  readonly tiles: ReadonlyArray<{
    readonly label: string;
    readonly count: number;
    readonly of: number | null;
  }>;
}

export interface LetterOf {
  readonly schedule: string;
  readonly reportId: string;
  readonly parameters: ReportParameters;
  readonly madeAt: Date;
  readonly pdf: Uint8Array;
  readonly pdfSha256: string;
  readonly signedBy: string | null;
  readonly summary: Summary | null;
  /** Where pages are; null where it is not known. */
  readonly url: string | null;
  /** Is the receiver told what is in it? */
  readonly isWhole: boolean;
  /** What else goes along, such as the ledger's checkpoint. */
  readonly checkpoint: Attached | null;
}

export interface Attached {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface ReportLetter {
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly Attached[];
}

export function reportLetter(of: LetterOf): ReportLetter {
  const words = LETTER_WORDS[of.parameters.language];
  const { kind, from, to } = of.parameters;
  const title = shown(of.parameters.title ?? words.kinds[kind]);
  const period = from === null && to === null ? '' : words.period(from, to);
  const file: Attached = { name: fileNameOf(of), type: 'application/pdf', bytes: of.pdf };
  const isAttached = of.isWhole && of.pdf.length <= ATTACHED_MOST_BYTES;
  const paragraphs = [
    [title, period, ...aboutLines(of.parameters, words), words.made(minute(of.madeAt))],
    of.isWhole ? summaryLines(of.summary) : [],
    fileLines(of, file, words),
    of.isWhole ? checkLines(file.name, words) : [],
    of.checkpoint && isAttached ? [words.checkpoint(of.checkpoint.name)] : [],
    [of.url === null ? words.keptAs(of.reportId) : words.kept(linkTo(of.url, of.reportId))],
    [words.closing(shown(of.schedule))],
  ];
  return {
    subject: cut(words.subject(title, period), SUBJECT_MOST),
    text: textOf(paragraphs),
    attachments: isAttached ? [file, ...(of.checkpoint ? [of.checkpoint] : [])] : [],
  };
}

/** A report that was due, and is not there. */
export interface UnmadeOf {
  readonly schedule: string;
  readonly orderId: string;
  readonly parameters: ReportParameters;
  /** For when it was due. */
  readonly dueAt: Date;
  readonly why: string;
  readonly url: string | null;
  /** Is the receiver told why? */
  readonly isWhole: boolean;
}

/** What its receivers are told in its place, so that nobody takes silence for a report that has nothing to say. */
export function unmadeLetter(of: UnmadeOf): ReportLetter {
  const words = LETTER_WORDS[of.parameters.language];
  const { kind, from, to, title: own } = of.parameters;
  const title = shown(own ?? words.kinds[kind]);
  const period = from === null && to === null ? '' : words.period(from, to);
  const paragraphs = [
    [title, period, ...aboutLines(of.parameters, words), minute(of.dueAt)],
    [words.unmade, ...(of.isWhole ? [`${words.unmadeBecause}: ${shown(of.why)}`] : [])],
    [words.unmadeNext],
    of.url === null ? [] : [words.order(`${of.url.replace(/\/$/, '')}/reports/orders/${of.orderId}`)],
    [words.closing(shown(of.schedule))],
  ];
  return {
    subject: cut(words.unmadeSubject(title, period), SUBJECT_MOST),
    text: textOf(paragraphs),
    attachments: [],
  };
}

function textOf(paragraphs: ReadonlyArray<readonly string[]>): string {
  const lines = paragraphs.map((part) => part.filter((line) => line !== ''));
  return `${lines.flatMap((part) => (part.length > 0 ? [part.join('\n')] : [])).join('\n\n')}\n`;
}

function aboutLines(
  { owner, scope, tags, audits, framework }: ReportParameters,
  { of }: LetterWords,
): string[] {
  const said = (label: string, value: string | null): string[] =>
    value === null ? [] : [`${label}: ${shown(value)}`];
  const list = (names: readonly string[]): string | null => (names.length === 0 ? null : names.join(', '));
  return [
    ...[...said(of.owner, owner), ...said(of.scope, scope), ...said(of.tags, list(tags))],
    ...[...said(of.audits, list(audits)), ...said(of.framework, frameworkName(framework))],
  ];
}

function summaryLines(summary: Summary | null): string[] {
  if (summary === null) return [];
  const { word, because, tiles } = summary;
  return [
    [word ?? '', because ?? '']
      .filter((text) => text !== '')
      .map(shown)
      .join(': '),
    ...tiles.map(({ label, count, of }) => `  ${shown(label)}: ${count}${of === null ? '' : ` / ${of}`}`),
  ];
}

function fileLines(
  { pdf, pdfSha256, signedBy, isWhole }: LetterOf,
  { name }: Attached,
  words: LetterWords,
): string[] {
  const size = sizeText(pdf.length);
  if (!isWhole) return [words.discreet, `${words.hash}: ${pdfSha256}`];
  return [
    pdf.length > ATTACHED_MOST_BYTES ? words.tooLarge(size) : words.attached(name, size),
    `${words.hash}: ${pdfSha256}`,
    signedBy === null ? words.unsigned : words.signed(shown(signedBy)),
  ];
}

const checkLines = (name: string, words: LetterWords): string[] => [
  ...[words.check, `  portolan verify ${name}`],
  ...[words.checkPlainly, `  sha256sum ${name}`],
];

const linkTo = (url: string, reportId: string): string =>
  `${url.replace(/\/$/, '')}${join('/reports', reportId)}`;

/** Nothing of a name that a file system or a header could read in its own way. */
function fileNameOf({ schedule, parameters: { owner }, madeAt }: LetterOf): string {
  const plain = (text: string): string =>
    text
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60);
  const parts = ['portolan', plain(schedule), plain(owner ?? ''), madeAt.toISOString().slice(0, 10)];
  return `${parts.filter((part) => part !== '').join('-')}.pdf`;
}

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;
const shown = (text: string): string => cut(visibleText(text), LINE_MOST);
const minute = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const sizeText = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
