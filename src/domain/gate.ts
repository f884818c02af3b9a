/*
 * Can the scanner see? Decided by what it sees of ports whose state is known beforehand, before a run and after each of its
 * looks. A run whose gate does not hold says nothing: it opens no finding and resolves none.
 *
 * Three kinds of known ports. *Own*: listeners that we have opened for ourselves on loopback, and a port of ours that
 * refuses; each must be seen as it is. *Named*: canaries of the inventory; no closed one may say open, and of the open ones
 * at least one must answer. *Met*: declared ports of hosts that answered the run before; where there are enough of these
 * hosts, at least one must answer, as it is the way out that is broken, and not all of them. The trap is a single host: it
 * may well be down, which is for a finding to say.
 */
import type { Canary, CanaryKind } from './inventory.js';
import type { HostObserved, PortState } from './observation.js';

export interface CanarySeen extends Canary {
  readonly state: PortState;
}

/** Why the scanner is not to be believed; null where it is. */
export type Blindness = string | null;

/** With fewer hosts than this, none that answers may be the hosts' own doing. */
const MET_LEAST = 3;
/** Of the ports that were to be probed, so many may fail for reasons of our own. */
const FAILED_MOST = 0.05;
/** And no fewer than this: a look that confirms a single port may well fail. */
const FAILED_LEAST = 20;

export function decideGate(seen: readonly CanarySeen[]): Blindness {
  const of = (kind: CanaryKind, expect: Canary['expect']): CanarySeen[] =>
    seen.filter((one) => one.kind === kind && one.expect === expect);
  const isOpen = ({ state }: CanarySeen): boolean => state === 'open';
  const wrong = seen.find(({ kind, expect, state }) => kind === 'own' && state !== expect);
  if (wrong)
    return `the scanner did not see its own ${wrong.expect} port, ${endpoint(wrong)}: it was ${wrong.state}`;
  const strange = of('named', 'closed').find(isOpen);
  if (strange)
    return `the canary ${endpoint(strange)}, which is known to be closed, says open: something on the way answers for it`;
  const named = of('named', 'open');
  if (named.length > 0 && !named.some(isOpen))
    return `no canary that is known to be open answers: ${list(named.map(endpoint))}`;
  // Where a canary that is named answers, the way out is there.
  if (named.length > 0) return null;
  const met = of('met', 'open');
  const hosts = new Set(met.map(({ address }) => address));
  if (hosts.size >= MET_LEAST && !met.some(hasAnswered))
    return `none of the ${hosts.size} hosts that answered the last run answers now: ${list([...hosts])}`;
  return null;
}

/** A bound on failures of our own: beyond it, also what was seen is in doubt. */
export function decideFailures(observed: Iterable<HostObserved>, expected: number): Blindness {
  const failures = new Map<string, number>();
  let failed = 0;
  for (const { reasons, unknown } of observed) {
    for (const [reason, ports] of reasons) {
      if (!isOurFailure(reason)) continue;
      const size = ports.intersect(unknown).size;
      failed += size;
      failures.set(reason, (failures.get(reason) ?? 0) + size);
    }
  }
  if (failed < FAILED_LEAST || failed <= expected * FAILED_MOST) return null;
  const [most] = [...failures].sort(([, a], [, b]) => b - a)[0]!;
  return `${failed.toLocaleString('en')} of ${expected.toLocaleString('en')} probes failed for reasons of our own, most of them with ${most}`;
}

/** An errno: the words for what others did are no capitals. */
const isOurFailure = (reason: string): boolean => /^E[A-Z0-9]+$/.test(reason);

/** By yes or no: the host is there, and so is the way to it. */
const hasAnswered = ({ state }: CanarySeen): boolean => state === 'open' || state === 'closed';

const endpoint = ({ address, port }: Canary): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

const SHOWN = 3;

const list = (texts: readonly string[]): string =>
  texts.length > SHOWN
    ? `${texts.slice(0, SHOWN).join(', ')} and ${texts.length - SHOWN} more`
    : texts.join(', ');
