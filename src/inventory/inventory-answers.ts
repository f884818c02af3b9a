/*
 * What the inventory's API answers, as schemas: for the description of the API, and for whoever reads an answer by it.
 */
import { z } from 'zod';

const time = z.union([z.date(), z.iso.datetime()]);

export const VersionAnswer = z.object({
  id: z.string(),
  path: z.string(),
  sha256: z.string(),
  loadedAt: time,
  appliedBy: z.string().nullable(),
  note: z.string().nullable(),
});

const Change = z.object({
  change: z.enum(['added', 'removed', 'changed']),
  what: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
const Place = z.object({ file: z.string(), line: z.number(), column: z.number() });
const Problem = z.object({ place: Place, message: z.string(), other: Place.optional() });
const Shown = Place.extend({ message: z.string(), other: z.string().nullable() });
const SourceText = z.object({ file: z.string(), text: z.string() });

export const PlanAnswer = z.object({ base: z.string().nullable(), changes: z.array(Change) });
export const AppliedAnswer = PlanAnswer.extend({ version: z.string() });
export const CheckAnswer = z.object({
  ok: z.boolean(),
  problems: z.array(Problem),
  warnings: z.array(Problem),
});

const Found = z.object({
  ...{ id: z.string(), kind: z.string(), host: z.string(), address: z.string(), port: z.number() },
  ...{ declared: z.string().nullable(), observed: z.string().nullable() },
  ...{ service: z.string().nullable(), owner: z.string().nullable(), state: z.string() },
});
export const ChangeAnswer = PlanAnswer.extend({
  ...{ problems: z.array(Shown), warnings: z.array(Shown), sources: z.array(SourceText) },
  renamed: z.array(z.object({ what: z.string(), from: z.string(), to: z.string(), places: z.number() })),
  foreseen: z.array(Found.extend({ becomes: z.enum(['resolved', 'ended']) })),
  opening: z.array(z.object({ address: z.string(), port: z.number(), observed: z.string() })),
});

const Declared = z.object({
  ...{ ports: z.string(), expect: z.string(), service: z.string().nullable(), owner: z.string().nullable() },
  ...{ why: z.string().nullable(), requestedBy: z.string().nullable(), approvedBy: z.string().nullable() },
  ...{ reviewBy: z.string().nullable(), from: z.array(z.string()).nullable() },
});
export const HostAnswer = z.object({
  ...{
    name: z.string(),
    addresses: z.array(z.string()),
    names: z.array(z.string()),
    owner: z.string().nullable(),
  },
  ...{
    tags: z.array(z.string()),
    criticality: z.string(),
    wants: z.array(z.string()),
    ports: z.array(Declared),
  },
});
export const HostsAnswer = z.object({ version: z.string(), total: z.number(), hosts: z.array(HostAnswer) });
export const UnexpectedAnswer = z.object({ host: z.string(), ports: z.array(Found) });

const Owner = z.object({
  ...{ id: z.string(), name: z.string(), email: z.string().nullable(), receivers: z.array(z.string()) },
});
const Scope = z.object({
  ...{ name: z.string(), allow: z.array(z.string()), exclude: z.array(z.string()), authorisedBy: z.string() },
  ...{ until: z.string().nullable(), maxRatePerSecond: z.number().nullable() },
});
export const InventoryAnswer = z.object({
  version: VersionAnswer,
  /** The file that the service is told to read; null where it is told of none. */
  readsFrom: z.string().nullable(),
  hosts: z.number(),
  owners: z.array(Owner),
  scopes: z.array(Scope),
  audits: z.array(z.string()),
});
export const TextAnswer = z.object({ version: VersionAnswer, sources: z.array(SourceText) });
export const OneVersionAnswer = TextAnswer.extend({
  earlier: z.string().nullable(),
  changes: z.array(Change),
});
