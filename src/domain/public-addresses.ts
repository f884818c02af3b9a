/*
 * Addresses that are meant for the open internet: everything that the IANA special-purpose address registries (RFC 6890, and
 * what has been added since) do not keep for something else.
 *
 * The promise: an address of an inside, under whatever form IPv6 has for it (mapped, NAT64, 6to4, Teredo), is not among them.
 * The trap: domain/address-set.ts takes an IPv4 address and its mapped form for the same one. Here they are told apart by how
 * they are written, for whoever writes the mapped form wants to get round something.
 */
import { AddressSet } from './address-set.js';

const setOf = (blocks: readonly string[]): AddressSet =>
  AddressSet.unionOf(blocks.map((block) => AddressSet.parse(block)));

const V4 = AddressSet.parse('0.0.0.0/0').subtract(
  setOf([
    '0.0.0.0/8', // this network
    '10.0.0.0/8', // private use
    '100.64.0.0/10', // behind a carrier's NAT
    '127.0.0.0/8', // loopback
    '168.63.129.16', // what a cloud's machines ask about themselves, though it looks public
    '169.254.0.0/16', // link-local, and metadata of most clouds
    '172.16.0.0/12', // private use
    '192.0.0.0/24', // protocol assignments
    '192.0.2.0/24', // documentation
    '192.88.99.0/24', // once the relay of 6to4
    '192.168.0.0/16', // private use
    '198.18.0.0/15', // benchmarks
    '198.51.100.0/24', // documentation
    '203.0.113.0/24', // documentation
    '224.0.0.0/4', // multicast
    '240.0.0.0/4', // reserved, and broadcast
  ]),
);

/** Only what is given out as global unicast: mapped forms, NAT64, link-local and the like lie outside. */
const V6 = AddressSet.parse('2000::/3').subtract(
  setOf([
    '2001::/23', // protocol assignments, Teredo and ORCHID among them
    '2001:db8::/32', // documentation
    '2002::/16', // 6to4: an IPv4 address inside
    '3fff::/20', // documentation
  ]),
);

/** False as well for what is no address, or has a zone. */
export function isPublicAddress(text: string): boolean {
  return (text.includes(':') ? V6 : V4).has(text);
}
