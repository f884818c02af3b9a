/*
 * An audit as a form has it: every field a text, as it stands in the inventory file, so that what is not touched is not written anew,
 * and what is wrong is said in the file's own words. What the form does not show stays as it is.
 */
import { z } from 'zod';
import type { Edit } from '../domain/inventory-edit.js';
import type { WrittenEntry } from '../domain/inventory-entries.js';
import { readBody } from '../platform/read-body.js';

const MOST = 4000;
const field = z
  .string()
  .max(MOST, `expected at most ${MOST} characters`)
  .default('')
  .transform((text) => text.replaceAll('\0', '').trim());

const AuditForm = z.object({
  ...{ name: field, all: z.literal('yes').optional(), names: field, tags: field, addresses: field },
  ...{ ports: field, kind: z.enum(['none', 'cron', 'every']).default('none') },
  ...{ schedule: field, timezone: field, every: field, jitter: field, catchUp: field, from: field },
  ...{ timeoutMs: field, retries: field, ratePerSecond: field, ratePerHost: field, ratePerSubnet: field },
  ...{ times: field, afterMs: field },
});
export type AuditFields = z.output<typeof AuditForm>;

export const EMPTY_FORM: AuditFields = AuditForm.parse({ all: 'yes', ports: 'declared', kind: 'cron' });

export const readAuditForm = (body: unknown): AuditFields => readBody(AuditForm, body);

/** The same as an edit of the file; a field that is empty is taken away there. */
export function auditEdit(fields: AuditFields): Edit {
  const { name, all, names, tags, addresses, ports, kind, schedule, timezone, every, times, afterMs } =
    fields;
  const isBySlot = kind !== 'none';
  const selector = { names: listOf(names), tags: listOf(tags), addresses: listOf(addresses) };
  const confirm = { times: numberOf(times), afterMs: numberOf(afterMs) };
  const entry = {
    name,
    hosts: all === 'yes' ? 'all' : given(selector),
    ports: numberOf(ports) ?? null,
    schedule: kind === 'cron' ? textOf(schedule) : null,
    timezone: kind === 'cron' ? textOf(timezone) : null,
    every: kind === 'every' ? textOf(every) : null,
    jitter: isBySlot ? textOf(fields.jitter) : null,
    catchUp: textOf(fields.catchUp),
    from: listOf(fields.from) ?? null,
    timeoutMs: numberOf(fields.timeoutMs) ?? null,
    retries: numberOf(fields.retries) ?? null,
    ratePerSecond: numberOf(fields.ratePerSecond) ?? null,
    ratePerHost: numberOf(fields.ratePerHost) ?? null,
    ratePerSubnet: numberOf(fields.ratePerSubnet) ?? null,
    confirm: Object.values(confirm).every((one) => one === undefined) ? null : given(confirm),
  };
  return { edit: 'put', section: 'audits', name, entry, keep: true };
}

const textOf = (text: string): string | null => (text === '' ? null : text);

/** A number where it is one; anything else as it was written, for the file's own check to judge. */
const numberOf = (text: string): string | number | undefined =>
  text === '' ? undefined : /^\d{1,15}$/.test(text) ? Number(text) : text;

function listOf(text: string): string[] | undefined {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts;
}

function given<T>(values: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, T] => entry[1] !== undefined),
  );
}

/** An audit's fields as its file has them; null where none of the files has it. */
export function fieldsIn(audits: readonly WrittenEntry[], named: string): AuditFields | null {
  const found = audits.find(({ name }) => name === named);
  return found ? fieldsOf(found.entry) : null;
}

function fieldsOf(audit: Record<string, unknown>): AuditFields {
  const hosts = audit.hosts as Record<string, unknown> | string | undefined;
  const selector = typeof hosts === 'object' && hosts !== null ? hosts : {};
  const confirm = (audit.confirm ?? {}) as Record<string, unknown>;
  const plain = [
    'ports',
    'schedule',
    'timezone',
    'every',
    'jitter',
    'catchUp',
    'from',
    'timeoutMs',
    'retries',
  ];
  const rates = ['ratePerSecond', 'ratePerHost', 'ratePerSubnet'];
  return AuditForm.parse({
    ...Object.fromEntries([...plain, ...rates].map((key) => [key, written(audit[key])])),
    ...Object.fromEntries(['names', 'tags', 'addresses'].map((key) => [key, written(selector[key])])),
    name: written(audit.name),
    ...(hosts === 'all' ? { all: 'yes' } : {}),
    kind: audit.every !== undefined ? 'every' : audit.schedule !== undefined ? 'cron' : 'none',
    times: written(confirm.times),
    afterMs: written(confirm.afterMs),
  });
}

const written = (value: unknown): string =>
  value === undefined || value === null ? '' : Array.isArray(value) ? value.join(', ') : String(value);

/** As the template draws it. */
export function formView(fields: AuditFields) {
  const kinds = { none: 'by hand only', cron: 'at times of the day', every: 'every so often' } as const;
  return {
    ...fields,
    all: fields.all === 'yes',
    kinds: Object.entries(kinds).map(([value, label]) => ({ value, label, chosen: value === fields.kind })),
    catchUps: ['once', 'never'].map((value) => ({ value, chosen: value === fields.catchUp })),
  };
}
