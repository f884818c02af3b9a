/*
 * Where alerts may be sent: to the open internet, and to the names that the service's settings allow besides. So a receiver
 * can't be used to reach what only this machine reaches.
 *
 * The promise: an address is judged in the look-up of the very connection that will use it, so that a name can't lead elsewhere a
 * moment later. The trap: Node looks up names only. An address that stands there itself, in whatever notation, is judged
 * beforehand.
 */
import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from '../domain/public-addresses.js';

export type AllAddresses = (
  hostname: string,
  done: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

export const realLookup: AllAddresses = (hostname, done) => systemLookup(hostname, { all: true }, done);

export const LEADS_INSIDE =
  'its address leads inside a network; only a name that the service’s settings allow may lead there';

export class RefusedAddress extends Error {}
class NoAddress extends Error {
  readonly code = 'ENOTFOUND';
}

export class AddressGuard {
  /** @param allowedHosts names or addresses in lower case, as in a URL, that may be inside */
  constructor(
    private readonly allowedHosts: ReadonlySet<string>,
    private readonly allAddresses: AllAddresses = realLookup,
  ) {}

  isAllowed(hostname: string): boolean {
    return this.allowedHosts.has(hostname) || this.allowedHosts.has(withoutBrackets(hostname));
  }

  /** What is refused without a look-up. */
  refuses(hostname: string): boolean {
    return !this.isAllowed(hostname) && isInside(hostname);
  }

  /** All of a name's addresses have to be outside: a name that leads inside as well is not meant for the outside. */
  lookupFor(target: string): LookupFunction {
    const isAllowed = this.isAllowed(target);
    return (hostname, { all }, done) => {
      this.allAddresses(hostname, (error, addresses) => {
        const [first] = addresses ?? [];
        if (error || !first) done(error ?? new NoAddress(), []);
        else if (!isAllowed && !addresses.every(({ address }) => isPublicAddress(address)))
          done(new RefusedAddress(LEADS_INSIDE), []);
        else if (all) done(null, addresses);
        else done(null, first.address, first.family);
      });
    };
  }
}

const withoutBrackets = (hostname: string): string => hostname.replace(/^\[(.*)]$/, '$1');

/** As URL gives it: lower case, IPv4 in four decimal parts whatever the notation was, IPv6 in brackets. */
function isInside(hostname: string): boolean {
  const bare = withoutBrackets(hostname);
  if (isIP(bare) !== 0 || bare !== hostname) return !isPublicAddress(bare);
  const name = hostname.replace(/\.+$/, '');
  return name === '' || /(^|\.)localhost(\.localdomain6?)?$|^localhost\d+$|^ip6-/.test(name);
}
