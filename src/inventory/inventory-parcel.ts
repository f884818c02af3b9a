/*
 * An inventory as bytes, to be handed from one thread to another: in parts, each of which is unpacked in a few milliseconds, so that
 * whoever receives a large one never stands still for long.
 *
 * The promise: what comes out is what went in. Sets of ports and of addresses, maps and days are marked; everything else is plain.
 */
import { AddressSet } from '../domain/address-set.js';
import type { Host, Inventory } from '../domain/inventory.js';
import { PortSet } from '../domain/port-set.js';
import { letOthersIn } from '../platform/loop.js';

/** Hosts a part: some hundred kilobytes. */
const HOSTS_A_PART = 500;

type Marked =
  | { readonly $ports: string }
  | { readonly $addresses: readonly string[] }
  | { readonly $map: readonly unknown[] }
  | { readonly $at: number };

/** All but the hosts first, then hosts. */
export function packInventory({ hosts, ...rest }: Inventory): Uint8Array[] {
  const parts = [bytesOf(rest)];
  for (let at = 0; at < hosts.length; at += HOSTS_A_PART)
    parts.push(bytesOf(hosts.slice(at, at + HOSTS_A_PART)));
  return parts;
}

export async function unpackInventory(parts: readonly Uint8Array[]): Promise<Inventory> {
  const unpacker = new Unpacker();
  const [first, ...others] = parts;
  const rest = unpacker.read(first!) as Omit<Inventory, 'hosts'>;
  const hosts: Host[] = [];
  for (const part of others) {
    await letOthersIn();
    for (const host of unpacker.read(part) as Host[]) hosts.push(host);
  }
  return { ...rest, hosts };
}

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(packed(value)));

function packed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(packed);
  if (value instanceof PortSet) return { $ports: value.toString() } satisfies Marked;
  if (value instanceof AddressSet) return { $addresses: value.toStrings() } satisfies Marked;
  if (value instanceof Date) return { $at: value.getTime() } satisfies Marked;
  if (value instanceof Map) return { $map: [...value].map(packed) } satisfies Marked;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, packed(one)]));
}

/** Sets never change, and many hosts have the same: each is made once. So are texts, of which thousands are alike. */
class Unpacker {
  private readonly ports = new Map<string, PortSet>();
  private readonly texts = new Map<string, string>();

  read(bytes: Uint8Array): unknown {
    return this.unpacked(JSON.parse(new TextDecoder().decode(bytes)));
  }

  private unpacked(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((one) => this.unpacked(one));
    const map = value as Record<string, unknown>;
    if ('$ports' in map) return this.portSet(map.$ports as string);
    if ('$addresses' in map)
      return AddressSet.unionOf((map.$addresses as string[]).map((one) => AddressSet.parse(one)));
    if ('$at' in map) return new Date(map.$at as number);
    if ('$map' in map) return new Map(this.unpacked(map.$map) as Array<[unknown, unknown]>);
    for (const key of Object.keys(map)) map[key] = this.unpacked(map[key]);
    return map;
  }

  private text(text: string): string {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    this.texts.set(text, text);
    return text;
  }

  private portSet(text: string): PortSet {
    const known = this.ports.get(text);
    if (known) return known;
    const made = PortSet.parse(text);
    this.ports.set(text, made);
    return made;
  }
}
