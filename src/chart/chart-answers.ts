/*
 * What the API says of hosts and their ports, as schemas: the reader of its description sees the same. Ports are in nmap's
 * notation.
 */
import { z } from 'zod';
import { DRIFT_KINDS, SEVERITIES } from '../domain/drift.js';
import { FINDING_STATES } from '../domain/finding.js';
import { PORT_STATES } from '../domain/observation.js';
import { STANDINGS } from '../domain/standing.js';

const ports = z.string().describe('22,80,8000-8100; empty for none');
const next = z.string().nullable().describe('the `after` of the next page; null for the last');
const total = z.int().describe('how many hosts the filter chooses');

const Host = z.object({
  name: z.string().describe('as declared, else the address that was seen'),
  declared: z.boolean(),
  addresses: z.array(z.string()),
  names: z.array(z.string()).describe('DNS names'),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  criticality: z.enum(['low', 'medium', 'high']).nullable(),
  declaredOpen: ports,
  open: ports,
  lastLookedAt: z.string().nullable(),
  drift: z.int().describe('findings that are neither resolved nor accepted'),
  accepted: z.int(),
  worst: z.enum(SEVERITIES).nullable(),
});

export const HostsAnswer = z.object({ total, hosts: z.array(Host), next });
export type HostsAnswer = z.infer<typeof HostsAnswer>;

export const HostAnswer = Host.extend({
  looks: z.array(z.object({ audit: z.string(), run: z.string(), at: z.string(), ports })),
  findings: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(DRIFT_KINDS),
      address: z.string().nullable(),
      port: z.int().nullable(),
      severity: z.enum(SEVERITIES),
      state: z.enum(FINDING_STATES),
    }),
  ),
  exceptions: z.array(z.object({ ports, reason: z.string(), approvedBy: z.string(), expires: z.string() })),
});
export type HostAnswer = z.infer<typeof HostAnswer>;

export const PortsAnswer = z.object({
  host: z.string(),
  address: z.string().nullable(),
  at: z.string().nullable(),
  observed: z.object({ open: ports, closed: ports, filtered: ports, unreachable: ports, unknown: ports }),
  declared: z.object({ open: ports, closed: ports, filtered: ports }),
  standing: z.record(z.enum(STANDINGS), ports).describe('every port from 0 to 65535 stands in one way'),
});
export type PortsAnswer = z.infer<typeof PortsAnswer>;

const Cell = z.object({
  standing: z.enum(STANDINGS),
  declared: z.enum(['open', 'closed', 'filtered']).nullable(),
  observed: z.enum(PORT_STATES),
  finding: z.string().nullable(),
  addresses: z.int().describe('how many of the host’s addresses stand so'),
});

export const ChartAnswer = z.object({
  total,
  ports: z.array(z.int()).describe('the columns'),
  hosts: z.array(
    z.object({ name: z.string(), addresses: z.int(), cells: z.array(Cell).describe('one a column') }),
  ),
  next,
});
export type ChartAnswer = z.infer<typeof ChartAnswer>;
