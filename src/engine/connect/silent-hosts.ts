/*
 * Reads silence once more, by what the kernel knows of the link: a host that nobody on the link has is unreachable, and one
 * whose gateway does not answer is unknown. The kernel's own word for both (EHOSTUNREACH) comes after three seconds, and
 * only to some of the sockets, as it limits its ICMP errors.
 */
import { AddressSet } from '../../domain/address-set.js';
import type { Observation } from '../../domain/observation.js';
import type { DeadEnds } from '../linux/dead-ends.js';
import type { RouteChoice } from '../linux/routes.js';

/** What was seen in a slice, in the same order. */
export async function* withDeadEnds(
  seen: readonly Observation[],
  choice: RouteChoice,
): AsyncGenerator<Observation, void, undefined> {
  const mute = new Set(seen.filter(isMute).map(({ address }) => address));
  const ends = mute.size === 0 ? null : await endsOf(mute, choice);
  for (const one of seen) yield ends && isMute(one) ? reread(one, ends) : one;
}

/** `prohibited` among them: the kernel's own "host unreachable" is read so where the host had answered before. */
const isMute = ({ reason }: Observation): boolean =>
  reason === 'silence' || reason === 'host-unreachable' || reason === 'prohibited';

/** Null where the kernel won't tell: then silence stays silence. */
async function endsOf(addresses: ReadonlySet<string>, choice: RouteChoice): Promise<DeadEnds | null> {
  const [{ deadEnds }, { SyscallError }, { RouteError }] = await Promise.all([
    import('../linux/dead-ends.js'),
    import('../linux/libc.js'),
    import('../linux/routes.js'),
  ]);
  try {
    return deadEnds(AddressSet.unionOf(Array.from(addresses, (text) => AddressSet.parse(text))), choice);
  } catch (error) {
    if (error instanceof SyscallError || error instanceof RouteError) return null;
    throw error;
  }
}

function reread(seen: Observation, { nobody, noWay }: DeadEnds): Observation {
  if (noWay.has(seen.address)) return { ...seen, state: 'unknown', reason: 'ENETUNREACH' };
  if (nobody.has(seen.address)) return { ...seen, state: 'unreachable', reason: 'host-unreachable' };
  return seen;
}
