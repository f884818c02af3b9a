/*
 * A report's snapshot: everything that its pages say, as plain JSON, so that it can be kept, hashed and
 * rendered again without a scan. Ports are text in nmap's notation; instants are ISO 8601 in UTC.
 */
import type { Drift, DriftKind, Severity } from './drift.js';
import type { FindingState } from './finding.js';

export type RunVerdict = 'clean' | 'drift' | 'inconclusive' | 'failed';

/** Probes of a run, in numbers. expected = probed + not probed; probed = answered + silent + unknown. */
export interface Coverage {
  /** Host × port pairs that the audit ordered. */
  readonly expected: number;
  /** Those that a probe was sent for, and read without a failure of our own. */
  readonly probed: number;
  /** Those that said yes or no. */
  readonly answered: number;
  /** Those of which nothing can be said. */
  readonly unknown: number;
}

export interface ReportFinding {
  readonly kind: DriftKind;
  readonly host: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly declared: Drift['declared'];
  readonly observed: Drift['observed'];
  readonly service: string | null;
  readonly owner: string | null;
  readonly severity: Severity;
  readonly severityReasons: readonly string[];
  readonly state: FindingState;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly evidence: string;
  /** What its owner should do about it. */
  readonly advice: string;
  /** New in this run. */
  readonly isNew: boolean;
  /** `YYYY-MM-DD`, where it is accepted. */
  readonly acceptedUntil: string | null;
}

export interface ReportHost {
  readonly host: string;
  readonly address: string;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly verdict: 'match' | 'drift' | 'unknown';
  readonly probed: number;
  readonly open: string;
  readonly closed: string;
  readonly filtered: string;
  readonly unreachable: string;
  readonly unknown: string;
  readonly medianConnectMs: number | null;
}

export interface ReportException {
  readonly host: string;
  readonly ports: string;
  readonly reason: string;
  readonly approvedBy: string;
  readonly expires: string;
  readonly expired: boolean;
}

export interface ReportSnapshot {
  readonly format: 'portolan-report/1';
  readonly title: string;
  readonly audit: string;
  readonly run: string;
  readonly verdict: RunVerdict;
  /** Why this verdict, in a sentence. */
  readonly because: string;
  readonly coverage: Coverage;
  readonly scopes: ReadonlyArray<{
    readonly name: string;
    readonly allow: readonly string[];
    readonly exclude: readonly string[];
    readonly authorisedBy: string;
    readonly until: string | null;
  }>;
  readonly findings: readonly ReportFinding[];
  /** Resolved by this run: what was open before it and is no more. */
  readonly resolved: readonly ReportFinding[];
  readonly hosts: readonly ReportHost[];
  readonly exceptions: readonly ReportException[];
  readonly owners: ReadonlyArray<{
    readonly id: string;
    readonly name: string;
    readonly email: string | null;
  }>;
  readonly inventory: { readonly path: string; readonly sha256: string };
  readonly tool: { readonly name: 'portolan'; readonly version: string; readonly engine: string };
  readonly arguments: readonly string[];
  readonly ports: string;
  readonly vantage: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}
