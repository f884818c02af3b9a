/*
 * The declared side: what the inventory file says, once it has been read and found free of contradictions.
 *
 * `inventory-file.ts` makes an Inventory out of YAML; nothing else does. `expectationsFor` answers the one
 * question that everything else asks: what is declared for this address, seen from this vantage?
 */
import { AddressSet } from './address-set.js';
import type { Threshold } from './damping.js';
import type { Expect } from './expect.js';
import type { Place } from './place.js';
import { PortSet } from './port-set.js';
import type { Receiver, Route } from './receiver.js';
import type { ScheduledReport } from './report/schedule/scheduled-report.js';
import type { Schedule } from './schedule.js';

export type Criticality = 'low' | 'medium' | 'high';

export interface Owner {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly receivers: readonly string[];
}

/** What may be scanned, on whose word, until when. Exclusions of any scope win over every allowance. */
export interface Scope {
  readonly name: string;
  readonly allow: AddressSet;
  readonly exclude: AddressSet;
  readonly authorisedBy: string;
  /** The last day on which it holds, `YYYY-MM-DD`, in UTC; null for no end. */
  readonly until: string | null;
  readonly maxRatePerSecond: number | null;
  readonly fragile: AddressSet;
  readonly place: Place;
}

/** Where a known port comes from: see gate.ts. */
export type CanaryKind = 'own' | 'named' | 'met';

/** A port whose state is known beforehand. */
export interface Canary {
  readonly kind: CanaryKind;
  readonly address: string;
  readonly port: number;
  readonly expect: Exclude<Expect, 'filtered'>;
}

export interface Vantage {
  readonly name: string;
  /** Ports whose state is known beforehand: a scanner that does not see them as they are is not believed. */
  readonly canaries: ReadonlyArray<Canary & { readonly place: Place }>;
}

export interface Declaration {
  readonly ports: PortSet;
  readonly expect: Expect;
  readonly service: string | null;
  readonly owner: string | null;
  readonly why: string | null;
  readonly requestedBy: string | null;
  readonly approvedBy: string | null;
  /** `YYYY-MM-DD`: the last day before somebody must look at it again. */
  readonly reviewBy: string | null;
  /** The vantages for which it holds; null for all. */
  readonly from: readonly string[] | null;
  readonly place: Place;
}

export interface Host {
  readonly name: string;
  readonly addresses: AddressSet;
  /** DNS names; every A and AAAA record of them belongs to the host. */
  readonly names: readonly string[];
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly criticality: Criticality;
  readonly ports: readonly Declaration[];
  readonly place: Place;
}

export interface Group {
  readonly tags: readonly string[];
  readonly addresses: AddressSet;
  readonly ports: readonly Declaration[];
  readonly place: Place;
}

export type HostSelector =
  | { readonly all: true }
  | {
      readonly all: false;
      readonly names: readonly string[];
      readonly tags: readonly string[];
      readonly addresses: AddressSet;
    };

/** The ports that an audit looks at: a fixed set, or on each host those that are declared. */
export type AuditPorts = { readonly kind: 'fixed'; readonly ports: PortSet } | { readonly kind: 'declared' };

export interface Audit {
  readonly name: string;
  readonly hosts: HostSelector;
  readonly ports: AuditPorts;
  /** As written, for reports: `1-65535`, `declared`, `top-1000`. */
  readonly portsText: string;
  readonly schedule: Schedule | null;
  /** A slot's run begins up to so much later, each slot by an amount of its own. */
  readonly jitterMs: number;
  /** A slot that was missed runs as soon as somebody is there again, or never. */
  readonly catchUp: 'once' | 'never';
  readonly from: readonly string[];
  /** Given, or by the distance that was given. */
  readonly timeoutMs: number;
  readonly retries: number;
  readonly ratePerSecond: number;
  /** To one address, and to one /24 or /64; null for what is polite. */
  readonly ratePerHost: number | null;
  readonly ratePerSubnet: number | null;
  /** A new drift is believed once `times` fresh looks, each `afterMs` after the last, have shown it again. */
  readonly confirm: { readonly times: number; readonly afterMs: number };
  /** How many of the last looks, over all runs, have to agree before a drift opens, and before it is resolved. */
  readonly open: Threshold;
  readonly resolve: Threshold;
  readonly place: Place;
}

/** A time in which something is different; window.ts says when it holds. */
export type WindowKind = 'blackout' | 'maintenance';

export type WindowTime =
  | { readonly kind: 'once'; readonly from: Date; readonly until: Date }
  | { readonly kind: 'repeated'; readonly schedule: Schedule; readonly lastsMs: number };

export interface Window {
  readonly name: string;
  readonly kind: WindowKind;
  readonly time: WindowTime;
  /** Null where it is not about audits. Where it is about neither audits nor hosts, it is about everything. */
  readonly audits: readonly string[] | null;
  readonly hosts: HostSelector | null;
  readonly why: string | null;
  readonly place: Place;
}

/** A risk accepted by a named approver until a date. */
export interface Exception {
  readonly host: string;
  readonly ports: PortSet;
  readonly reason: string;
  readonly approvedBy: string;
  /** The last day on which it holds, `YYYY-MM-DD`, in UTC. */
  readonly expires: string;
  readonly place: Place;
}

/** Days by severity; deadlines.ts makes due dates of them. */
export type Deadlines = Readonly<Record<'critical' | 'high' | 'medium' | 'low', number>>;

export interface Inventory {
  readonly owners: ReadonlyMap<string, Owner>;
  readonly scopes: readonly Scope[];
  readonly vantages: readonly Vantage[];
  readonly hosts: readonly Host[];
  readonly groups: readonly Group[];
  /** What is expected of every scanned port that nothing declares: not open, or no opinion. */
  readonly undeclared: 'closed' | 'ignored';
  readonly audits: readonly Audit[];
  readonly windows: readonly Window[];
  readonly exceptions: readonly Exception[];
  /** In how many days a finding has to be put right, by its severity. */
  readonly deadlines: Deadlines;
  /** Who can be told, and who is told of what. */
  readonly receivers: readonly Receiver[];
  readonly routes: readonly Route[];
  /** Which are made by themselves. */
  readonly reports: readonly ScheduledReport[];
}

/** A declaration as it holds for one host: the owner is the port's own, else the host's. */
export interface Declared extends Declaration {
  readonly host: Host;
}

/** What is declared of one address from one vantage, broad declarations already cut back by exact ones. */
export interface Expectations {
  readonly host: Host | null;
  readonly open: PortSet;
  readonly closed: PortSet;
  readonly filtered: PortSet;
  /** The declarations that make up the three sets; their port sets are disjoint. */
  readonly declared: readonly Declared[];
}
