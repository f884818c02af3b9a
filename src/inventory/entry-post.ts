/*
 * What a form about an entry sends, read: which entry it means, what was written, and what is asked of it. Fields are texts, and what
 * they mean is looked at later, so that a page can show them again whatever is wrong.
 */
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { approvalBy, sameName } from '../domain/act.js';
import { isPast } from '../domain/day.js';
import { readBody } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import type { Draft, Subject } from './entry-draft.js';
import type { Texts } from './entry-fields.js';
import { ENTRY_FORMS, type FormSection } from './entry-forms.js';
import { rowCount, withoutSpareRows } from './entry-rows.js';

const LONGEST = 20_000;
const NOTE_MOST = 2000;

const number = z
  .string()
  .regex(/^\d{0,18}$/, 'expected a number')
  .optional()
  .transform((text) => (text === undefined || text === '' ? null : text));
const SubjectBody = z.object({
  subject: z
    .string()
    .max(1000)
    .optional()
    .transform((name) => (name === undefined || name === '' ? null : name)),
  at: number,
  version: number,
});

/** Which entry is meant: by `subject`, its name, or by `at`, its place in a version. */
export function readSubject(given: unknown): Subject {
  const { subject, at, version } = readBody(SubjectBody, given);
  return { name: subject, at: at === null ? null : Number(at), version };
}

export interface EntryPost {
  readonly draft: Draft;
  readonly note: string;
  readonly by: string;
  readonly base: string;
  /** What was planned, by its digest. */
  readonly planned: string;
}

const line = (most: number) =>
  z
    .string()
    .max(most, `expected at most ${most} characters`)
    .default('')
    .transform((text) => text.replaceAll('\0', ''));
const PostBody = z.object({
  deed: z.enum(['save', 'remove'], 'expected save or remove').default('save'),
  ...{ note: line(LONGEST), by: line(LONGEST), base: line(20), planned: line(100) },
});

/** @param stands what the fields show that were not sent */
export function readPost(section: FormSection, subject: Subject, body: unknown, stands: Texts): EntryPost {
  const { deed, ...rest } = readBody(PostBody, body);
  const texts: Record<string, string> = { ...stands };
  const given = (body ?? {}) as Record<string, unknown>;
  for (const name of namesIn(section, given)) {
    const text = given[name];
    if (typeof text !== 'string' || text.length > LONGEST)
      throw new Refusal(
        'bad-input',
        `${name} can’t be read; expected a text of at most ${LONGEST} characters`,
      );
    texts[name] = text.replaceAll('\0', '').replace(/\r\n?/g, '\n');
  }
  const { rows } = ENTRY_FORMS[section];
  const kept = rows ? withoutSpareRows(rows, texts, rowCount(rows, stands)) : texts;
  return { draft: { section, subject, deed, texts: kept }, ...rest };
}

function namesIn(section: FormSection, given: Record<string, unknown>): string[] {
  const { sets, rows, name } = ENTRY_FORMS[section];
  const fields = [...sets.flatMap((set) => set.fields), ...(name ? [name] : [])].map((field) => field.name);
  const inRows = rows?.fields.map((field) => field.name) ?? [];
  return Object.keys(given).filter(
    (one) => fields.includes(one) || inRows.includes(/^([A-Za-z]+)-\d{1,3}$/.exec(one)?.[1] ?? ''),
  );
}

/** An exception is approved by whoever has signed in, or else by whom the form names: by somebody else than who asks for it. */
export function checkedDraft(draft: Draft, actor: Actor, today: string): Draft {
  const { section, deed, texts } = draft;
  if (section !== 'exceptions' || deed === 'remove') return draft;
  const approval = approvalBy(actor, texts.approvedBy ?? '');
  if (!approval.ok) throw new Refusal('forbidden', approval.why);
  const { approvedBy } = approval;
  const requestedBy = (texts.requestedBy ?? '').trim();
  if (requestedBy === '') throw new Refusal('bad-input', 'nobody asks for it; expected who does');
  if (sameName(requestedBy, approvedBy))
    throw new Refusal(
      'bad-input',
      `${approvedBy} can’t approve what ${requestedBy} asks for; expected somebody else`,
    );
  const { expires = '' } = texts;
  if (/^\d{4}-\d\d-\d\d$/.test(expires) && isPast(expires, today))
    throw new Refusal('bad-input', `${expires} has passed; expected a day that is still to come`);
  return { ...draft, texts: { ...texts, approvedBy } };
}

/** What the version says of itself: of an exception also who asked for it, for its file does not. */
export function noteOf({ section, deed, texts }: Draft, note: string | null): string | null {
  if (section !== 'exceptions' || deed === 'remove') return note;
  const asked = `exception as ${(texts.requestedBy ?? '').trim()} asked, approved by ${(texts.approvedBy ?? '').trim()}`;
  return (note === null ? asked : `${asked}: ${note}`).slice(0, NOTE_MOST);
}
