/*
 * How each address of a plan is reached from here, as the kernel itself would decide, policy rules included.
 *
 * It is the kernel that decides: the tables are read only to learn where its answer may change (route-cells.ts), and
 * then it is asked once for each cell. Routes that are equal are the same object. Two traps. What the kernel has
 * learnt of one host (an ICMP redirect) is no answer for the host's neighbours. And asked for an interface, IPv4 calls
 * anything on link there if no route says otherwise, even what a route prohibits elsewhere: here that is no route.
 * Where two next hops share a route, one of them is used for all; marks and ports in policy rules are not seen.
 */
import { type AddressNumber, V4_FIRST } from '../../domain/address-number.js';
import { AddressSet, formatAddress, parseAddress } from '../../domain/address-set.js';
import { AF_INET, type Family, familyOf } from './address-bytes.js';
import { type Link, readLinks } from './links.js';
import { type Netlink, openNetlink } from './netlink.js';
import { cutsWithin, joinStretches, piecesOf, type Stretch } from './route-cells.js';
import {
  type RouteAnswer,
  RTN_LOCAL,
  RTN_UNICAST,
  readRoute,
  redirectQuestion,
  routeQuestion,
} from './route-message.js';
import { readSelectors } from './route-tables.js';

export interface Route {
  /** ethernet: frames with MACs; kernel: raw IP sockets, it does the rest (loopback, tunnels); none: not from here. */
  readonly kind: 'ethernet' | 'kernel' | 'none';
  /** Why there is none: ENETUNREACH, EACCES (prohibit, no unicast), EHOSTUNREACH (unreachable), EINVAL (blackhole) … */
  readonly errno: string | null;
  readonly interfaceIndex: number;
  readonly interfaceName: string;
  /** The address that the kernel prefers, or the one that was asked for. */
  readonly source: AddressNumber;
  /** Null: the address itself is on the link. */
  readonly gateway: AddressNumber | null;
  /** On ethernet only. */
  readonly sourceMac: Uint8Array | null;
  readonly mtu: number;
}

export type RoutedStretch = Stretch<Route>;

export interface RouteChoice {
  readonly source?: string | undefined;
  readonly interfaceName?: string | undefined;
}

/** What was asked for can't be had: a source that is not ours, an interface that is not there, tables without end. */
export class RouteError extends Error {
  /** Errors that cross a thread keep no class. */
  override readonly name = 'RouteError';
}

/** About a second's worth of questions, and more cells than any machine has that is not a router of the whole Internet. */
const MOST_CELLS = 200_000;
/** What the kernel has learnt of single hosts is stepped over so often in a row. */
const MOST_EXCEPTIONS = 64;

const MULTICAST = AddressSet.parse('224.0.0.0/4').union(AddressSet.parse('ff00::/8'));
/** 0.0.0.0 and :: are no addresses of anybody; Linux would take them for itself. */
const NOBODY = AddressSet.parse('0.0.0.0').union(AddressSet.parse('::'));
const EVERYBODY = AddressSet.parse('255.255.255.255');
const LINK_LOCAL_V6 = AddressSet.parse('fe80::/10');
/** Where the kernel's answer changes although no table says so. */
const BUILT_IN = [MULTICAST, NOBODY, EVERYBODY, LINK_LOCAL_V6, AddressSet.loopback].flatMap((set) => [
  ...set.ranges(),
]);

/** Sorted and disjoint, and together exactly the addresses. */
export function routesTo(addresses: AddressSet, choice: RouteChoice): RoutedStretch[] {
  const netlink = openNetlink();
  try {
    const links = readLinks(netlink);
    const asked = readChoice(netlink, links, choice);
    const selectors = readSelectors(netlink, addresses);
    const cuts = cutsWithin(addresses, [...BUILT_IN, ...selectors.destinations]);
    const kernel = new RouteFinder(netlink, links, asked, selectors.familiesBySource);
    return joinStretches(routedPieces(addresses, cuts, kernel));
  } finally {
    netlink.close();
  }
}

function* routedPieces(
  addresses: AddressSet,
  cuts: readonly AddressNumber[],
  kernel: RouteFinder,
): Generator<RoutedStretch> {
  let knownCell = -1;
  let known: Route | null = null;
  let cells = 0;
  for (const piece of piecesOf(addresses, cuts)) {
    if (known !== null && knownCell === piece.cell) {
      yield { first: piece.first, last: piece.last, route: known };
      continue;
    }
    if (++cells > MOST_CELLS) {
      throw new RouteError(
        `the routing tables cut the plan's addresses into more than ${MOST_CELLS} parts; expected fewer: scan less at once, or by --engine connect`,
      );
    }
    let { first } = piece;
    let found = kernel.find(first);
    for (let skipped = 0; found.isException && first < piece.last && skipped < MOST_EXCEPTIONS; skipped++) {
      yield { first, last: first, route: found.route };
      first++;
      found = kernel.find(first);
    }
    yield { first, last: piece.last, route: found.route };
    knownCell = piece.cell;
    known = found.isException ? null : found.route;
  }
}

interface Asked {
  readonly source: AddressNumber | null;
  readonly interfaceIndex: number;
}

function readChoice(netlink: Netlink, links: ReadonlyMap<number, Link>, choice: RouteChoice): Asked {
  const link = [...links.values()].find(({ name }) => name === choice.interfaceName);
  if (choice.interfaceName !== undefined && !link) {
    const names = [...links.values()].map(({ name }) => name).join(', ');
    throw new RouteError(`there is no interface '${choice.interfaceName}' here; expected one of ${names}`);
  }
  return {
    source: choice.source === undefined ? null : readSource(netlink, choice.source),
    interfaceIndex: link?.index ?? 0,
  };
}

function readSource(netlink: Netlink, text: string): AddressNumber {
  const source = parseAddress(text);
  if (source === null)
    throw new RouteError(`the source '${text}' is no address; expected one address of this machine`);
  const question = routeQuestion({ destination: source, source: null, interfaceIndex: 0 });
  const answer = NOBODY.has(source) ? { errno: 'EINVAL' } : netlink.ask(question);
  const isOurs = 'message' in answer && readRoute(answer.message.payload)?.type === RTN_LOCAL;
  if (!isOurs) {
    throw new RouteError(
      `the source ${formatAddress(source)} is not on this machine; expected one of its own addresses`,
    );
  }
  return source;
}

interface Found {
  readonly route: Route;
  readonly isException: boolean;
}

class RouteFinder {
  private readonly questions = new Map<string, Buffer>();
  private readonly routes = new Map<string, Route>();

  constructor(
    private readonly netlink: Netlink,
    private readonly links: ReadonlyMap<number, Link>,
    private readonly asked: Asked,
    private readonly familiesBySource: ReadonlySet<Family>,
  ) {}

  find(address: AddressNumber): Found {
    const refusal = this.refusalOf(address);
    if (refusal !== null) return this.none(refusal);
    let answer = this.ask(address, this.asked.source);
    // As connect() does (ip_route_connect): once a source is chosen, the kernel looks again with it.
    if (typeof answer !== 'string' && answer.source !== null && this.asked.source === null) {
      if (this.familiesBySource.has(familyOf(address))) {
        const { source } = answer;
        answer = this.ask(address, source);
        if (typeof answer !== 'string') answer = { ...answer, source };
      }
    }
    if (typeof answer === 'string') return this.none(answer);
    return this.isGuess(address, answer) ? this.none('ENETUNREACH') : this.read(address, answer);
  }

  /** "Apparently, routing tables are wrong. Assume, that the destination is on link" (net/ipv4/route.c): we don't. */
  private isGuess(address: AddressNumber, answer: RouteAnswer): boolean {
    if (this.asked.interfaceIndex === 0 || familyOf(address) !== AF_INET) return false;
    if (answer.type !== RTN_UNICAST || answer.gateway !== null) return false;
    return typeof this.ask(address, this.asked.source, true) === 'string';
  }

  /** What is not even asked for: the kernel's answer would not be one that a scan can use. */
  private refusalOf(address: AddressNumber): string | null {
    if (MULTICAST.has(address) || EVERYBODY.has(address)) return 'EACCES';
    if (NOBODY.has(address)) return 'EINVAL';
    // Without an interface, fe80::1 is a different host on every link (RFC 4007 §6).
    if (LINK_LOCAL_V6.has(address) && this.asked.interfaceIndex === 0) return 'EINVAL';
    const { source } = this.asked;
    return source !== null && familyOf(source) !== familyOf(address) ? 'EAFNOSUPPORT' : null;
  }

  private ask(
    address: AddressNumber,
    source: AddressNumber | null,
    isForEntry = false,
  ): RouteAnswer | string {
    const key = `${familyOf(address)} ${source} ${isForEntry}`;
    let question = this.questions.get(key);
    if (!question) {
      const { interfaceIndex } = this.asked;
      question = routeQuestion({ destination: address, source, interfaceIndex, isForEntry });
      this.questions.set(key, question);
    } else redirectQuestion(question, address);
    const answer = this.netlink.ask(question);
    if ('errno' in answer) return answer.errno;
    return readRoute(answer.message.payload) ?? 'EBADMSG';
  }

  private read(address: AddressNumber, answer: RouteAnswer): Found {
    const link = this.links.get(answer.interfaceIndex);
    const source = this.asked.source ?? answer.source;
    const errno = errnoOf(answer, link, source);
    if (errno !== null || !link || source === null) return this.none(errno ?? 'ENODEV');
    const isLocal = answer.type === RTN_LOCAL || link.isLoopback;
    if (!isLocal && AddressSet.loopback.has(address)) return this.none('EINVAL');
    const isEthernet = !isLocal && link.isEthernet && !answer.isWrapped;
    return {
      route: this.shared({
        kind: isEthernet ? 'ethernet' : 'kernel',
        errno: null,
        interfaceIndex: link.index,
        interfaceName: link.name,
        source,
        gateway: answer.gateway,
        sourceMac: isEthernet ? link.mac : null,
        mtu: answer.mtu ?? link.mtu,
      }),
      isException: answer.isException,
    };
  }

  private none(errno: string): Found {
    const nothing = {
      interfaceIndex: 0,
      interfaceName: '',
      source: 0n,
      gateway: null,
      sourceMac: null,
      mtu: 0,
    };
    return { route: this.shared({ kind: 'none', errno, ...nothing }), isException: false };
  }

  /** Equal routes become the same object. */
  private shared(route: Route): Route {
    const { kind, errno, interfaceIndex, source, gateway, mtu } = route;
    const key = `${kind} ${errno} ${interfaceIndex} ${source} ${gateway} ${mtu}`;
    const known = this.routes.get(key);
    if (known) return known;
    this.routes.set(key, route);
    return route;
  }
}

/** rtm_type in the words of the errors that stand for the same: IPv6 answers with a type where IPv4 fails. */
const ERRNO_BY_TYPE: ReadonlyMap<number, string> = new Map([
  [6, 'EINVAL'], // RTN_BLACKHOLE
  [7, 'EHOSTUNREACH'], // RTN_UNREACHABLE
  [8, 'EACCES'], // RTN_PROHIBIT
  [9, 'ENETUNREACH'], // RTN_THROW
]);

function errnoOf(answer: RouteAnswer, link: Link | undefined, source: AddressNumber | null): string | null {
  // Broadcast, multicast and anycast: nobody answers for such an address alone.
  if (answer.type !== RTN_UNICAST && answer.type !== RTN_LOCAL)
    return ERRNO_BY_TYPE.get(answer.type) ?? 'EACCES';
  if (!link) return 'ENODEV';
  // Routes stay where a cable is pulled: that nobody answers then is no word of any neighbour.
  if (!link.hasCarrier) return 'ENETDOWN';
  return source === null || source === 0n || source === V4_FIRST ? 'EADDRNOTAVAIL' : null;
}
