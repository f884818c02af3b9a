/*
 * Changes to the inventory as forms and programs send them, read into edits. What a value means is the inventory file's to say: here
 * it is only text, of a length that is bearable.
 *
 * The trap is a name that is there already: adding a host by a form must not change another one of that name.
 */
import { z } from 'zod';
import type { Inventory } from '../domain/inventory.js';
import type { Edit } from '../domain/inventory-edit.js';
import { type Entry, RENAMED_SECTIONS } from '../domain/inventory-edit-steps.js';
import type { Plain } from '../domain/yaml-layout.js';
import { readBody, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';

const LONGEST = 2000;
const EDITS_MOST = 500;
const DEEPEST = 10;

/** By hand, and not a schema of itself: a reader of the API's description would follow that for ever. */
const plain = z
  .unknown()
  .refine((value) => isPlain(value, 0), 'expected texts, numbers, yes or no, lists and maps of them')
  .transform((value) => value as Plain);

function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.length <= LONGEST;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return typeof value === 'boolean';
  return value !== null && depth < DEEPEST && Object.values(value).every((one) => isPlain(one, depth + 1));
}

const entry: z.ZodType<Entry> = z.record(z.string().max(100), plain.nullable());
const named = z.enum([
  ...['hosts', 'scopes', 'vantages', 'audits', 'windows', 'receivers', 'owners', 'reports'],
] as const);
const path = z
  .array(z.union([z.string().max(100), z.int().min(0).max(100_000)]))
  .min(1)
  .max(12);
const place = { file: words(4096).optional() };
const was = plain.optional().describe('what stood there; refused as stale where something else does now');

/** One edit, as the API takes it: domain/inventory-edit-steps.ts says what each means. */
const EditBody = z.discriminatedUnion('edit', [
  z.strictObject({
    ...place,
    edit: z.literal('put'),
    section: named,
    name: words(100),
    entry,
    keep: z.boolean().optional(),
  }),
  z.strictObject({ ...place, edit: z.literal('remove'), section: named, name: words(100) }),
  z.strictObject({
    ...{ edit: z.literal('rename'), section: z.enum(RENAMED_SECTIONS), name: words(100), to: words(100) },
  }),
  z.strictObject({
    ...place,
    edit: z.literal('declare'),
    host: words(100),
    declarations: z.array(entry).min(1).max(EDITS_MOST),
  }),
  z.strictObject({
    ...place,
    edit: z.literal('undeclare'),
    host: words(100),
    ports: words(LONGEST),
    from: z.array(words(100)).optional(),
  }),
  z.strictObject({ ...place, edit: z.literal('insert'), list: path, entry, at: z.int().min(0).optional() }),
  z.strictObject({ ...place, edit: z.literal('replace'), item: path, entry, was }),
  z.strictObject({ ...place, edit: z.literal('change'), item: path, entry, was }),
  z.strictObject({ ...place, edit: z.literal('move'), item: path, to: z.int().min(0), was }),
  z.strictObject({ ...place, edit: z.literal('drop'), item: path, was }),
  z.strictObject({
    ...place,
    edit: z.literal('set'),
    key: z.enum(['undeclared', 'deadlines']),
    value: plain.nullable(),
  }),
]);
export const EditsBody = z.array(EditBody).min(1).max(EDITS_MOST);

export const asEdits = (read: z.output<typeof EditsBody>): Edit[] => read as Edit[];

/** An empty field says nothing. */
const maybe = (most = 500) =>
  z
    .string()
    .optional()
    .transform((text) => {
      const said = (text ?? '').replaceAll('\0', '').trim();
      return said === '' ? null : said;
    })
    .pipe(z.string().max(most, `expected at most ${most} characters`).nullable());

const listed = z
  .string()
  .max(20_000)
  .optional()
  .transform((text) => (text ?? '').split(/[\s,;]+/).filter((one) => one !== ''));

const Host = z.object({
  ...{ name: words(100), addresses: listed, owner: maybe(), tags: listed, criticality: maybe() },
});
const Port = z.object({
  ...{ host: words(100), ports: words(500), expect: words(20), service: maybe(), owner: maybe() },
  ...{ why: maybe(), reviewBy: maybe(), approvedBy: maybe() },
});
const Owner = z.object({ id: words(100), name: words(500), email: maybe() });
const Scope = z.object({
  ...{ name: words(100), allow: listed, exclude: listed, authorisedBy: words(500), until: maybe() },
  maxRatePerSecond: maybe(),
});
const Gone = z.object({ section: named, name: words(100) });
const Unport = z.object({ host: words(100), ports: words(500), from: listed });

type Reader = (body: unknown, inventory: Inventory | null) => Edit[];

const READERS: Readonly<Record<string, Reader>> = {
  'new-host': (body, inventory) => {
    const host = readBody(Host, body);
    refuseTaken(
      'host',
      host.name,
      inventory?.hosts.some(({ name }) => name === host.name),
    );
    return [{ edit: 'put', section: 'hosts', name: host.name, entry: hostEntry(host), keep: true }];
  },
  host: (body) => {
    const host = readBody(Host, body);
    return [{ edit: 'put', section: 'hosts', name: host.name, entry: hostEntry(host), keep: true }];
  },
  port: (body) => {
    const { host, ...port } = readBody(Port, body);
    return [{ edit: 'declare', host, declarations: [declarationEntry(port)] }];
  },
  'new-owner': (body, inventory) => {
    const { id, ...owner } = readBody(Owner, body);
    refuseTaken('owner', id, inventory?.owners.has(id));
    return [{ edit: 'put', section: 'owners', name: id, entry: owner, keep: true }];
  },
  owner: (body) => {
    const { id, ...owner } = readBody(Owner, body);
    return [{ edit: 'put', section: 'owners', name: id, entry: owner, keep: true }];
  },
  'new-scope': (body, inventory) => {
    const { name, ...scope } = readBody(Scope, body);
    refuseTaken(
      'scope',
      name,
      inventory?.scopes.some((one) => one.name === name),
    );
    return [{ edit: 'put', section: 'scopes', name, entry: scopeEntry(scope), keep: true }];
  },
  remove: (body) => {
    const { section, name } = readBody(Gone, body);
    return [{ edit: 'remove', section, name }];
  },
  'remove-port': (body) => {
    const { from, ...port } = readBody(Unport, body);
    return [{ edit: 'undeclare', ...port, ...(from.length > 0 ? { from } : {}) }];
  },
};

/** What a form asks for: one of the small ones, or edits that were planned before. */
export function readChange(body: unknown, inventory: Inventory | null): Edit[] {
  const { change, edits } = readBody(
    z.object({ change: maybe(), edits: z.string().max(200_000).optional() }),
    body,
  );
  if (edits !== undefined) return asEdits(readBody(EditsBody, parsed(edits)));
  const reader = Object.hasOwn(READERS, change ?? '') ? READERS[change!] : undefined;
  if (!reader) throw new Refusal('bad-input', 'there is no such form');
  return reader(body, inventory);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Refusal('bad-input', 'the edits of this form are no JSON');
  }
}

function refuseTaken(what: string, name: string, isTaken: boolean | undefined): void {
  if (isTaken)
    throw new Refusal(
      'conflict',
      `there is a ${what} '${name}' already; change that one, or take another name`,
    );
}

function hostEntry({ addresses, owner, tags, criticality }: z.output<typeof Host>): Entry {
  const isOne = addresses.length === 1;
  return {
    address: isOne ? addresses[0]! : null,
    addresses: isOne ? null : addresses,
    owner,
    tags: tags.length > 0 ? tags : null,
    criticality: criticality === 'medium' ? null : criticality,
  };
}

export interface PortWords {
  readonly ports: string;
  readonly expect: string;
  readonly service?: string | null;
  readonly owner?: string | null;
  readonly why?: string | null;
  readonly approvedBy?: string | null;
  readonly reviewBy?: string | null;
}

export function declarationEntry({
  ports,
  expect,
  service,
  owner,
  why,
  approvedBy,
  reviewBy,
}: PortWords): Entry {
  const isOne = /^\d{1,5}$/.test(ports);
  return {
    ...(isOne ? { port: Number(ports) } : { ports }),
    ...{ service: service ?? null, expect, owner: owner ?? null },
    ...{ why: why ?? null, approvedBy: approvedBy ?? null, reviewBy: reviewBy ?? null },
  };
}

function scopeEntry({
  allow,
  exclude,
  authorisedBy,
  until,
  maxRatePerSecond,
}: Omit<z.output<typeof Scope>, 'name'>): Entry {
  const rate = maxRatePerSecond === null ? null : Number(maxRatePerSecond);
  if (rate !== null && !Number.isFinite(rate))
    throw new Refusal(
      'bad-input',
      `'${maxRatePerSecond}' is no rate; expected packets a second, a whole number`,
    );
  return { allow, exclude: exclude.length > 0 ? exclude : null, authorisedBy, until, maxRatePerSecond: rate };
}

/** A form's texts: a name and a text for each file. */
export const TextsBody = z.object({
  file: z.preprocess((one) => [one].flat(), z.array(words(4096)).min(1).max(200)),
  text: z.preprocess((one) => [one].flat(), z.array(z.string()).min(1).max(200)),
  whole: z.string().optional(),
});
