/*
 * What a compliance report is built of: what is declared, and what was recorded in the period, as whoever reads the database found it
 * (reports/kinds/compliance-source.ts).
 */
import type { DriftKind, Severity } from '../../drift.js';
import type { FindingState } from '../../finding.js';
import type { Inventory } from '../../inventory.js';
import type { PortState } from '../../observation.js';
import { PortSet } from '../../port-set.js';
import type { Acceptance } from '../acceptance.js';
import type { Coverage, ReportHost, RunVerdict } from '../exposure/exposure.js';
import type { ReportParameters } from '../parameters.js';
import type { ComplianceTallies, Period, VersionEvidence } from './compliance.js';
import type { Framework } from './framework.js';
import type { SignedList } from './reviewed.js';

export interface EvidenceRun {
  readonly run: string;
  readonly audit: string;
  readonly verdict: RunVerdict;
  readonly because: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly vantage: string;
  readonly coverage: Coverage | null;
  readonly snapshotSha256: string | null;
}

/** What a run could tell of an address. */
export interface SeenAddress {
  readonly run: string;
  readonly host: string;
  readonly address: string;
  readonly vantage: string;
  readonly ports: PortSet;
}

/** As it stood at the end of the period. */
export interface StandingFinding {
  readonly id: string;
  readonly kind: DriftKind;
  readonly host: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly observed: PortState | null;
  readonly service: string | null;
  readonly owner: string | null;
  readonly severity: Severity;
  readonly state: FindingState;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly openedAt: Date | null;
  /** Null where it is not accepted. */
  readonly acceptance: Acceptance | null;
}

export interface FixedFinding
  extends Pick<StandingFinding, 'id' | 'kind' | 'host' | 'address' | 'port' | 'owner' | 'severity'> {
  readonly resolvedAt: Date;
  /** The trustworthy run that saw it gone. */
  readonly run: string | null;
}

/** Findings that were put right, counted where they are: a year of them is many more than are listed. */
export interface FixedFacts {
  readonly all: number;
  /** As a trustworthy run saw. */
  readonly byRun: number;
  /** The latest of them, as many as may fit. */
  readonly latest: readonly FixedFinding[];
}

export interface ComplianceFacts {
  readonly parameters: ReportParameters;
  readonly framework: Framework;
  readonly period: Period;
  readonly madeAt: Date;
  /** In force at the end of the period. */
  readonly inventory: Inventory;
  readonly version: { readonly id: string; readonly path: string; readonly sha256: string };
  /** Of the subject's audits, that ended in the period. */
  readonly runs: readonly EvidenceRun[];
  /** Of trustworthy runs among them. */
  readonly seen: readonly SeenAddress[];
  readonly findings: readonly StandingFinding[];
  /** Of the subject. */
  readonly fixed: FixedFacts;
  /** The newest first, the last of them in force as the period began. */
  readonly versions: readonly VersionEvidence[];
  /** How many came, where that is more than are there. */
  readonly versionCounts: ComplianceTallies['inventory'];
  /** For owners of the subject, as far back as anything asks for. */
  readonly signed: readonly SignedList[];
  readonly toolVersion: string;
}

/** Only such a run is evidence of anything. */
export const isTrustworthy = ({ verdict }: Pick<EvidenceRun, 'verdict'>): boolean =>
  verdict === 'clean' || verdict === 'drift';

/**
 * The ports of which a look could tell the state. Silence tells something only of an address that answers elsewhere, and a host that
 * is out of reach tells nothing.
 */
export function toldPorts({
  open,
  closed,
  filtered,
}: Pick<ReportHost, 'open' | 'closed' | 'filtered'>): PortSet {
  const answered = PortSet.parse(open).union(PortSet.parse(closed));
  return answered.isEmpty ? answered : answered.union(PortSet.parse(filtered));
}
