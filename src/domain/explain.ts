/*
 * Why one port of one address stands as it does: declared, observed, finding, exception and route, side by side, with
 * the reason in a sentence. What `portolan explain` prints.
 */
import { formatAddress, parseAddress } from './address-set.js';
import { compare } from './compare.js';
import { isPast } from './day.js';
import type { Finding, FindingEvent } from './finding.js';
import type { Expectations, Inventory } from './inventory.js';
import { type HostObserved, PORT_STATES, type PortState, reasonOf } from './observation.js';
import { PortSet } from './port-set.js';
import { router } from './routing.js';

export interface Explanation {
  readonly address: string;
  readonly port: number;
  readonly vantage: string;
  readonly host: string | null;
  readonly declared: {
    readonly expect: string;
    readonly service: string | null;
    readonly owner: string | null;
    readonly why: string | null;
    readonly place: string | null;
  };
  readonly observed: {
    readonly state: PortState;
    readonly reason: string;
    readonly connectMs: number | null;
    readonly at: string | null;
    readonly run: string | null;
  };
  readonly verdict: 'match' | 'drift' | 'unknown';
  readonly because: string;
  readonly findings: ReadonlyArray<{
    readonly kind: string;
    readonly state: string;
    readonly severity: string;
    readonly severityReasons: readonly string[];
    readonly history: ReadonlyArray<{
      readonly at: string;
      readonly actor: string;
      readonly to: string;
      readonly why: string;
    }>;
  }>;
  readonly exceptions: ReadonlyArray<{
    readonly reason: string;
    readonly approvedBy: string;
    readonly expires: string;
    readonly expired: boolean;
  }>;
  /** Who is to hear of it: the owner, and their receivers. */
  readonly route: {
    readonly owner: string | null;
    readonly email: string | null;
    readonly receivers: readonly string[];
    /** Who is told of its findings, or would be told of an unexpected answer where there is none, and by which rule. */
    readonly told: ReadonlyArray<{
      readonly receiver: string;
      readonly type: string;
      readonly because: string;
    }>;
  };
}

export interface ToExplain {
  readonly inventory: Inventory;
  readonly expectations: Expectations;
  readonly vantage: string;
  readonly today: string;
  readonly observed: HostObserved;
  readonly run: string | null;
  readonly findings: ReadonlyArray<{ readonly finding: Finding; readonly events: readonly FindingEvent[] }>;
}

/** Reads `203.0.113.7:22` and `[2001:db8::1]:443`; null where the text is neither. */
export function parseEndpoint(text: string): { address: string; port: number } | null {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text.trim());
  const address = parseAddress(match?.[1] ?? match?.[2] ?? '');
  const port = Number(match?.[3]);
  return address === null || port > 65535 ? null : { address: formatAddress(address), port };
}

export function explain(about: ToExplain, port: number): Explanation {
  const { inventory, expectations, observed, vantage, today } = about;
  const declaration = expectations.declared.find(({ ports }) => ports.has(port));
  const host = expectations.host;
  const state = PORT_STATES.find((one) => observed[one].has(port)) ?? 'unknown';
  const owner = declaration?.owner ?? host?.owner ?? null;
  const known = owner === null ? undefined : inventory.owners.get(owner);
  const { verdict, because } = judge(about, port, state);
  return {
    address: observed.address,
    port,
    vantage,
    host: host?.name ?? null,
    declared: {
      expect:
        declaration?.expect ??
        (inventory.undeclared === 'closed' ? 'undeclared, so closed' : 'undeclared, and ignored'),
      service: declaration?.service ?? null,
      owner,
      why: declaration?.why ?? null,
      place: declaration ? `${declaration.place.file}:${declaration.place.line}` : null,
    },
    observed: {
      state,
      reason: reasonOf(observed, port),
      connectMs: observed.connectMs.get(port) ?? null,
      at: observed.at === 0 ? null : new Date(observed.at).toISOString(),
      run: about.run,
    },
    verdict,
    because,
    findings: about.findings.map(({ finding, events }) => ({
      kind: finding.kind,
      state: finding.state,
      severity: finding.severity,
      severityReasons: finding.severityReasons,
      history: events.map(({ at, actor, to, why }) => ({ at: at.toISOString(), actor, to, why })),
    })),
    exceptions: inventory.exceptions
      .filter((one) => one.host === host?.name && one.ports.has(port))
      .map(({ reason, approvedBy, expires }) => ({
        reason,
        approvedBy,
        expires,
        expired: isPast(expires, today),
      })),
    route: {
      ...{ owner, email: known?.email ?? null, receivers: known?.receivers ?? [] },
      told: told(about, host?.name ?? observed.address, owner),
    },
  };
}

function told(
  { inventory, vantage, findings }: ToExplain,
  host: string,
  owner: string | null,
): Explanation['route']['told'] {
  const alive = findings.map(({ finding }) => finding).filter(({ state }) => state !== 'resolved');
  const imagined = { owner, host, severity: 'medium', kind: 'unexpected-open' } as const;
  const routed = router(inventory);
  const destinations = (alive.length > 0 ? alive : [imagined]).flatMap((one) =>
    routed({ ...one, vantage, audit: null }),
  );
  const seen = new Map(destinations.map((one) => [one.receiver.name, one]));
  return Array.from(seen.values(), ({ receiver, because }) => ({
    ...{ receiver: receiver.name, type: receiver.type, because },
  }));
}

function judge(about: ToExplain, port: number, state: PortState): Pick<Explanation, 'verdict' | 'because'> {
  const { inventory, expectations, observed, vantage, today } = about;
  const { exceptions, undeclared } = inventory;
  const seen = PortSet.unionOf(PORT_STATES.map((one) => observed[one])).union(PortSet.of(port));
  const verdict = compare({ expectations, observed, ports: seen, undeclared, exceptions, vantage, today });
  const drift =
    verdict.drift.find((one) => one.port === port) ?? verdict.drift.find((one) => one.port === null);
  if (verdict.match.has(port))
    return { verdict: 'match', because: 'what was observed agrees with what is declared' };
  if (drift && !verdict.unknown.has(port))
    return { verdict: 'drift', because: `${drift.kind}: ${drift.evidence}` };
  if (drift)
    return {
      verdict: 'unknown',
      because: `nothing can be said of the port, for ${drift.kind}: ${drift.evidence}`,
    };
  if (state === 'unknown') {
    const because = observed.unknown.has(port)
      ? `our own probe failed (${reasonOf(observed, port)}), which says nothing of the port`
      : 'no run has seen this port; silence is not evidence';
    return { verdict: 'unknown', because };
  }
  return {
    verdict: 'unknown',
    because: 'nothing on the host answered, so that its silence says nothing of this port',
  };
}
