/*
 * The shapes of what the history answers to programs. Null stands wherever nothing is known.
 */
import { z } from 'zod';
import { DRIFT_KINDS, SEVERITIES } from '../domain/drift.js';
import { FINDING_STATES } from '../domain/finding.js';
import { PORT_STATES } from '../domain/observation.js';

const text = z.string().nullable();
const figure = z.number().nullable();
const place = { address: z.string(), port: z.int(), vantage: z.string(), host: z.string() };
const owned = { service: text, owner: text };

const Period = z.object({ from: z.date(), to: z.date() });

const Interval = z.object({
  ...place,
  ...owned,
  state: z.enum(['as-declared', 'failing', 'unknown']),
  observed: z.enum(PORT_STATES),
  ...{ from: z.date(), until: z.date() },
});

const Figures = z.object({
  ...{ asDeclaredMs: z.number(), failingMs: z.number(), unknownMs: z.number() },
  availability: figure.meta({ description: '0 to 1, of what is known; null where nothing is.' }),
  unknownShare: z.number().meta({ description: '0 to 1: how much of the time this says nothing about.' }),
  ...{ incidents: z.int(), meanTimeToRepairMs: figure },
  response: z.object({ connects: z.number(), meanMs: figure, minMs: figure, maxMs: figure }),
});

const Compared = z.object({
  ...{ period: Figures, before: Figures },
  trend: z.object({
    ...{ availability: figure, failingMs: figure, incidents: figure },
    ...{ meanTimeToRepairMs: figure, meanResponseMs: figure },
  }),
});

const Incident = z.object({
  ...place,
  ...owned,
  observed: z.enum(PORT_STATES),
  start: z.date(),
  end: z.date().nullable().meta({ description: 'Null while it goes on.' }),
  isWithdrawn: z.boolean(),
  ...{ lastSeen: z.date(), lengthMs: z.number(), unknownMs: z.number() },
});

const Moved = z.object({
  ...{
    id: z.string(),
    kind: z.enum(DRIFT_KINDS),
    severity: z.enum(SEVERITIES),
    state: z.enum(FINDING_STATES),
  },
  ...{ host: z.string(), address: text, port: z.int().nullable(), ...owned },
  ...{ openedAt: z.date(), resolvedAt: z.date().nullable() },
});

const listed = {
  period: Period,
  total: z.int().meta({ description: 'How many there are beyond the page.' }),
};

export const PortsAnswer = z.object({
  ...listed,
  ports: z.array(Interval.extend({ figures: Compared })),
});

export const ServicesAnswer = z.object({
  ...listed,
  services: z.array(
    Compared.extend({
      service: text,
      hosts: z.array(z.string()),
      owners: z.array(z.string()),
      ports: z.int(),
    }),
  ),
});

export const IncidentsAnswer = z.object({
  ...listed,
  ...{ meanTimeToRepairMs: figure, timezone: z.string() },
  ...{ byHour: z.array(z.number()), byWeekday: z.array(z.number()), incidents: z.array(Incident) },
});

export const NewAnswer = z.object({
  ...{ since: z.date(), ports: z.array(Interval) },
  incidents: z.object({ began: z.array(Incident), ended: z.array(Incident) }),
  findings: z.object({ opened: z.array(Moved), resolved: z.array(Moved) }),
});
