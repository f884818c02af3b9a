/*
 * The names of drift and the shape of a verdict. `compare.ts` decides; this file is the vocabulary that the
 * decision, the findings, the pages and the reports share.
 */
import type { Expect } from './expect.js';
import type { PortState, Reason } from './observation.js';
import type { PortSet } from './port-set.js';

export const DRIFT_KINDS = [
  'unexpected-open',
  'unexpected-closed',
  'unexpected-filtered',
  'unexpected-answer',
  'host-down',
  'wildcard-open',
  'undeclared-host',
  'address-moved',
  'owner-missing',
  'review-overdue',
  'exception-expired',
  'never-observed',
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One contradiction between what is declared and what a trustworthy look has shown. */
export interface Drift {
  /**
   * The same drift has the same key in every run: kind, vantage, canonical address and port, so that a renamed host
   * keeps its findings; for what comes from the inventory alone kind, no vantage, the host's name and its ports.
   */
  readonly key: string;
  readonly kind: DriftKind;
  /** The inventory's name of the host, else the address. */
  readonly host: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly declared: Expect | 'undeclared' | null;
  readonly observed: PortState | null;
  readonly reason: Reason | null;
  readonly service: string | null;
  readonly owner: string | null;
  readonly severity: Severity;
  /** Why this severity, in words: printed wherever the severity is. */
  readonly severityReasons: readonly string[];
  /** What was seen, in a sentence. */
  readonly evidence: string;
  /** The exception that covers it today, if any. */
  readonly exception: {
    readonly reason: string;
    readonly approvedBy: string;
    readonly expires: string;
  } | null;
}

/** What one look says of one host. `match`, `unknown` and the drifting ports are disjoint. */
export interface HostVerdict {
  readonly host: string;
  readonly address: string;
  readonly match: PortSet;
  readonly drift: readonly Drift[];
  readonly driftPorts: PortSet;
  readonly unknown: PortSet;
}
