/*
 * What the owner of a drift should do about it: one or two plain sentences a kind, on every page and in every report.
 */
import type { Drift, DriftKind } from './drift.js';

const ADVICE: Record<DriftKind, (drift: Advised) => string> = {
  'unexpected-open': ({ declared }) =>
    declared === 'undeclared'
      ? 'Find out what listens there. Stop it or block it; if it is wanted, declare it with an owner and a reason.'
      : 'It was declared not to be open. Stop the service or block the port; if it is wanted, change the declaration.',
  'unexpected-closed': () =>
    'The machine refuses the connection: the service has crashed or was stopped. Start it, or change the declaration if it was retired.',
  'unexpected-filtered': () =>
    'Something between here and the service swallows the connection. Look at firewalls and routes, then at whether the service still accepts.',
  'unexpected-answer': () =>
    'The port should not answer at all, yet it refuses. Make the firewall drop the packets before they reach the machine.',
  'host-down': () =>
    'Nothing on the machine answers. Check its power, its network, and the way there from this vantage.',
  'wildcard-open': () =>
    'Everything says open, so nothing can be believed: a SYN proxy or a tarpit stands in between. Scan from behind it, or exclude the host.',
  'undeclared-host': () =>
    'Find out whose machine it is. Declare it with an owner, or take it off the network.',
  'address-moved': () =>
    'Make sure that the change of the name was wanted, and that the new address is the right machine: it may be a takeover.',
  'owner-missing': () => 'Name an owner for the port or its host, so that somebody answers for it.',
  'review-overdue': () => 'Look at whether the port is still needed, then set a new review date.',
  'exception-expired': () => 'Close what the exception covered, or have it approved again with a new end.',
  'never-observed': () =>
    'No audit ever looks at this declaration. Add the ports to an audit, or drop the declaration.',
};

type Advised = Pick<Drift, 'kind' | 'declared'>;

export function advise(drift: Advised): string {
  return ADVICE[drift.kind](drift);
}
