/*
 * What an ICMP error says of the port that it was about: two tables. WAITING means that it says nothing.
 *
 * They agree with the errnos that Linux makes of them for connect() (linux/net/ipv4/icmp.c icmp_err_convert,
 * net/ipv6/icmp.c tab_unreach, both tcp_v4_err and tcp_v6_err) and that errno.ts reads, so that two engines report the
 * same states; but where Linux folds two meanings into one errno, ICMP's own word is kept. Those lines are marked *.
 *
 *   ICMP 3 (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1)                 Linux
 *      0 net unreachable, 6 net unknown, 11 net, for this TOS   net        ENETUNREACH
 *      1 host unreachable, 12 host, for this TOS                host       EHOSTUNREACH
 *      7 host unknown                                           host       EHOSTDOWN
 *      2 protocol unreachable                                   prohibited ENOPROTOOPT: a filter, as hosts speak TCP
 *      3 port unreachable                                       port       ECONNREFUSED
 *      4 fragmentation needed                                   nothing    EMSGSIZE; of 60 bytes nobody can say so
 *      5 source route failed (we send none)                     net        EOPNOTSUPP, unknown there too
 *      8 source host isolated: that is us, not the target       net        ENONET, unknown there too
 *      9 net prohibited                                         prohibited ENETUNREACH *
 *     10 host prohibited, 13 communication prohibited           prohibited EHOSTUNREACH *
 *     14 and 15 precedence refused: somebody's rule again       prohibited EHOSTUNREACH *
 *   ICMP 11, 0 time to live exceeded                            host       EHOSTUNREACH
 *      1 reassembly time exceeded: we send no fragments         nothing
 *
 *   ICMPv6 1 (RFC 4443 §3.1)
 *      0 no route                                               net        ENETUNREACH
 *      1 prohibited, 5 source address policy, 6 reject route    prohibited EACCES
 *      2 beyond the scope of our source address: our fault      net        EHOSTUNREACH *
 *      3 address unreachable                                    host       EHOSTUNREACH
 *      4 port unreachable                                       port       ECONNREFUSED
 *   ICMPv6 3, 0 hop limit exceeded                              host       EHOSTUNREACH
 *   ICMPv6 2 packet too big, 4 parameter problem                nothing
 *
 * `net` is unknown in the end, or filtered where the host answers elsewhere; `host` is unreachable, or filtered.
 */
import { HOST_UNREACHABLE, NET_UNREACHABLE, PORT_UNREACHABLE, PROHIBITED, WAITING } from '../verdicts.js';

const UNREACHABLE = Uint8Array.of(
  NET_UNREACHABLE,
  HOST_UNREACHABLE,
  PROHIBITED,
  PORT_UNREACHABLE,
  WAITING,
  NET_UNREACHABLE,
  NET_UNREACHABLE,
  HOST_UNREACHABLE,
  NET_UNREACHABLE,
  PROHIBITED,
  PROHIBITED,
  NET_UNREACHABLE,
  HOST_UNREACHABLE,
  PROHIBITED,
  PROHIBITED,
  PROHIBITED,
);

const UNREACHABLE_V6 = Uint8Array.of(
  NET_UNREACHABLE,
  PROHIBITED,
  NET_UNREACHABLE,
  HOST_UNREACHABLE,
  PORT_UNREACHABLE,
  PROHIBITED,
  PROHIBITED,
);

export function verdictOfIcmp(type: number, code: number): number {
  if (type === 3) return code < UNREACHABLE.length ? UNREACHABLE[code]! : WAITING;
  return type === 11 && code === 0 ? HOST_UNREACHABLE : WAITING;
}

export function verdictOfIcmpV6(type: number, code: number): number {
  if (type === 1) return code < UNREACHABLE_V6.length ? UNREACHABLE_V6[code]! : WAITING;
  return type === 3 && code === 0 ? HOST_UNREACHABLE : WAITING;
}
