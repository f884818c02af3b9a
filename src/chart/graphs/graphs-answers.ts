/*
 * What the pages of ports, services and owners say to programs, as schemas: the answers are made by the same figures as the pages. Null
 * wherever nothing is known, and never zero; times are ISO 8601.
 */
import { z } from 'zod';
import { DRIFT_KINDS, SEVERITIES } from '../../domain/drift.js';
import { FINDING_STATES } from '../../domain/finding.js';
import { PORT_STATES } from '../../domain/observation.js';

const at = z.iso.datetime();
const period = z.object({ from: at, to: at });

const Availability = z.object({
  asDeclaredMs: z.number(),
  failingMs: z.number(),
  unknownMs: z.number(),
  availability: z.number().nullable().describe('0 to 1; null where nothing is known'),
  unknownShare: z.number().describe('0 to 1: how much of the time nobody has looked at'),
});
const Figures = Availability.extend({
  incidents: z.number(),
  meanTimeToRepairMs: z.number().nullable(),
});
const Over = period.extend({ now: Figures, before: Figures, trend: z.number().nullable() });

export const PortAnswer = z.object({
  host: z.string(),
  port: z.number(),
  declared: z
    .object({
      expect: z.enum(['open', 'closed', 'filtered']),
      service: z.string().nullable(),
      owner: z.string().nullable(),
      why: z.string().nullable(),
      requestedBy: z.string().nullable(),
      approvedBy: z.string().nullable(),
      reviewBy: z.string().nullable(),
    })
    .nullable(),
  places: z.array(
    z.object({
      address: z.string(),
      vantage: z.string(),
      state: z.enum(['as-declared', 'failing', 'unknown']),
      observed: z.enum(PORT_STATES),
      since: at,
      lookedAt: at,
    }),
  ),
  looks: z.array(
    z.object({
      address: z.string(),
      vantage: z.string(),
      observed: z.enum(PORT_STATES),
      connectMs: z.number().nullable(),
      at,
      run: z.string(),
      audit: z.string(),
    }),
  ),
  exceptions: z.array(
    z.object({ reason: z.string(), approvedBy: z.string(), expires: z.string(), isPast: z.boolean() }),
  ),
  usual: z.array(Over.extend({ days: z.number() })),
  period: Over,
  response: period.extend({
    connects: z.number(),
    meanMs: z.number().nullable(),
    minMs: z.number().nullable(),
    maxMs: z.number().nullable(),
    beforeMeanMs: z.number().nullable(),
  }),
  slots: z.array(Availability.extend({ from: at, to: at })),
  weekHours: z.array(Availability.extend({ weekday: z.number().describe('0 is Monday'), hour: z.number() })),
  incidents: z.array(
    z.object({
      address: z.string(),
      vantage: z.string(),
      observed: z.enum(PORT_STATES),
      start: at,
      end: at.nullable(),
      isWithdrawn: z.boolean(),
      lastSeen: at,
      lengthMs: z.number(),
      unknownMs: z.number(),
    }),
  ),
  findings: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(DRIFT_KINDS),
      severity: z.enum(SEVERITIES),
      state: z.enum(FINDING_STATES),
      address: z.string().nullable(),
      port: z.number().nullable(),
      firstSeen: at,
      lastSeen: at,
      openedAt: at.nullable(),
      resolvedAt: at.nullable(),
      acceptedUntil: z.string().nullable(),
      acceptedBy: z.string().nullable(),
      reopened: z.number(),
    }),
  ),
});

const Failed = z.object({ host: z.string(), port: z.number(), failingMs: z.number() });
const Service = z.object({
  service: z.string().nullable().describe('Null for all ports whose service the inventory does not name'),
  hosts: z.number(),
  declared: z.number().describe('Ports at hosts'),
  declaredOpen: z.number(),
  looked: z.number().describe('Ports at addresses that were looked at in the last sixty days'),
  open: z.number(),
  failing: z.number(),
  unknown: z.number(),
  figures: Availability,
  before: Availability,
  trend: z.number().nullable(),
  worst: Failed.nullable(),
});
export const ServicesAnswer = z.object({
  asOf: at,
  period,
  total: z.number(),
  services: z.array(Service),
});

const Counts = z.object({
  toDo: z.object({ critical: z.number(), high: z.number(), medium: z.number(), low: z.number() }),
  suspected: z.number(),
  accepted: z.number(),
});
const OwnerShort = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  receivers: z.array(z.string()),
  isDeclared: z.boolean().describe('Is it in the inventory, or only in findings of before?'),
  ports: z.number(),
  hosts: z.number(),
  findings: Counts,
});
export const OwnersAnswer = z.object({ asOf: at, total: z.number(), owners: z.array(OwnerShort) });

const Owned = z.object({
  id: z.string(),
  kind: z.enum(DRIFT_KINDS),
  severity: z.enum(SEVERITIES),
  state: z.enum(FINDING_STATES),
  host: z.string(),
  address: z.string().nullable(),
  port: z.number().nullable(),
  service: z.string().nullable(),
  assignee: z.string().nullable(),
  openedAt: at,
  dueAt: at.nullable(),
  acceptedUntil: z.string().nullable(),
  acceptedBy: z.string().nullable(),
  advice: z.string(),
});
export const OwnerAnswer = OwnerShort.extend({
  asOf: at,
  period,
  overdue: z.number(),
  due: z.array(Owned).describe('Those that are due first'),
  new: z.object({ since: at, opened: z.number(), resolved: z.number(), findings: z.array(Owned) }),
  ending: z.object({
    accepted: z.array(Owned),
    exceptions: z.array(
      z.object({
        host: z.string(),
        ports: z.string(),
        reason: z.string(),
        approvedBy: z.string(),
        expires: z.string(),
      }),
    ),
  }),
  services: z.array(Service),
  declared: z.array(
    z.object({
      host: z.string(),
      ports: z.string(),
      expect: z.enum(['open', 'closed', 'filtered']),
      service: z.string().nullable(),
      why: z.string().nullable(),
      reviewBy: z.string().nullable(),
    }),
  ),
});

/** As JSON will have it: an instant is text. */
type Sent<T> = T extends Date
  ? string
  : T extends readonly (infer One)[]
    ? Sent<One>[]
    : T extends object
      ? { -readonly [Name in keyof T]: Sent<T[Name]> }
      : T;

export const sent = <T>(answer: T): Sent<T> => JSON.parse(JSON.stringify(answer)) as Sent<T>;
