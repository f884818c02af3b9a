/*
 * One address as it stands: what is declared of it, what was seen, and the findings that live there, port by port. Pure: pages,
 * pictures and the API tell the same of it, in the same words.
 */
import { type Charted, type ChartedLook, lookAt, NEVER_SEEN } from '../../domain/charted.js';
import type { Expectations, Inventory } from '../../domain/inventory.js';
import type { PortState } from '../../domain/observation.js';
import {
  observedAt,
  type Standing,
  type Standings,
  standingOf,
  standings,
  type ToStand,
} from '../../domain/standing.js';
import { serviceName } from '../../domain/top-ports.js';
import type { AliveFinding } from '../chart.queries.js';

export interface KnownAddress extends ToStand {
  readonly address: string;
  /** Null where nobody has looked. */
  readonly charted: Charted | null;
  readonly expectations: Expectations;
  readonly findings: readonly AliveFinding[];
  /** Of all ports; made when it is asked for, as a list needs a few ports only. */
  readonly standings: Standings;
}

export function knownAddress(
  address: string,
  charted: Charted | null,
  expectations: Expectations,
  findings: readonly AliveFinding[],
  undeclared: Inventory['undeclared'],
): KnownAddress {
  const toStand = { observed: charted?.observed ?? NEVER_SEEN, expectations, undeclared, findings };
  let made: Standings | null = null;
  return {
    ...{ ...toStand, address, charted },
    get standings() {
      made ??= standings(toStand);
      return made;
    },
  };
}

export interface PortFacts {
  readonly port: number;
  readonly standing: Standing;
  readonly declared: 'open' | 'closed' | 'filtered' | null;
  readonly observed: PortState;
  readonly service: string | null;
  /** What usually lives there, where nobody has declared a service: a hint, and no evidence. */
  readonly usually: string | null;
  readonly owner: string | null;
  readonly why: string | null;
  readonly finding: AliveFinding | null;
  /** The look that saw it last; null where none has. */
  readonly look: ChartedLook | null;
}

export function portFacts(known: KnownAddress, port: number): PortFacts {
  const declaration = known.expectations.declared.find(({ ports }) => ports.has(port));
  const finding = known.findings.find((one) => one.port === port) ?? null;
  const service = declaration?.service ?? finding?.service ?? null;
  return {
    port,
    standing: standingOf(known, port),
    declared: declaration?.expect ?? null,
    observed: observedAt(known.observed, port),
    service,
    usually: service === null ? serviceName(port) : null,
    owner: declaration?.owner ?? known.expectations.host?.owner ?? null,
    why: declaration?.why ?? null,
    finding,
    look: lookAt(known.charted?.looks ?? [], port),
  };
}

/** `443 https: declared open, seen closed; unexpected-closed, high, open` */
export function sayPort({ port, service, usually, declared, observed, finding }: PortFacts): string {
  const name = service ?? (usually === null ? '' : `usually ${usually}`);
  const seen = observed === 'unknown' ? 'not seen' : `seen ${observed}`;
  const drift = finding ? `; ${finding.kind}, ${finding.severity}, ${finding.state}` : '';
  return `${port}${name === '' ? '' : ` ${name}`}: ${declared === null ? 'not declared' : `declared ${declared}`}, ${seen}${drift}`;
}

export const hostPath = (name: string): string => `/hosts/${encodeURIComponent(name)}`;
export const portPath = (name: string, port: number): string => `${hostPath(name)}/ports/${port}`;
