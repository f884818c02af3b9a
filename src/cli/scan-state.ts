/*
 * The text of a `--state` file: how far a scan is, and all that it has seen. A line of JSON each: a heading, the hosts, and
 * an end that counts them, so that a file that was cut off is not taken for a whole one. Times are those of the scan, not
 * of the clock: the pause between two starts counts for nothing.
 *
 * The trap is a file of another scan: the same positions would stand for other probes, and ports would be passed over in
 * silence. So it is believed only where its fingerprint is that of these addresses, these ports and its seed.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type AddressSet, canonicalAddress } from '../domain/address-set.js';
import {
  canariesOf,
  type HostObserved,
  isCanary,
  type Observation,
  PORT_STATES,
} from '../domain/observation.js';
import { PortSet, PortSyntaxError } from '../domain/port-set.js';

/** What a file must be of: its plan, in the order that its seed gives. */
export interface Ground {
  readonly addresses: AddressSet;
  readonly ports: PortSet;
}

export interface Heading {
  readonly seed: number;
  readonly settledTo: number;
  readonly elapsedMs: number;
}

/** Changes with the meaning of a position: with the shuffle itself, too. */
const ORDER = 'portolan scan, order 1';
const KIND = 'portolan scan state 1';

const HeadingLine = z.object({
  kind: z.literal(KIND),
  fingerprint: z.string(),
  seed: z.int().min(0),
  settledTo: z.int().min(0),
  elapsedMs: z.number().min(0),
});
const HostLine = z.object({
  address: z.string(),
  elapsedMs: z.number().min(0),
  seen: z.array(z.tuple([z.enum(PORT_STATES), z.string().max(100), z.string()])),
  connectMs: z.record(z.string().regex(/^\d{1,5}$/), z.number().min(0)).optional(),
});
const EndLine = z.object({ hosts: z.int().min(0) });

export function fingerprintOf({ addresses, ports }: Ground, seed: number): string {
  const text = [ORDER, addresses.toStrings().join(','), ports.toString(), seed].join('\n');
  return createHash('sha256').update(text).digest('hex');
}

export function* writeState(
  ground: Ground,
  heading: Heading,
  hosts: Iterable<HostObserved>,
  startedAt: number,
): Generator<string> {
  const fingerprint = fingerprintOf(ground, heading.seed);
  yield `${JSON.stringify({ kind: KIND, fingerprint, ...heading } satisfies z.infer<typeof HeadingLine>)}\n`;
  let count = 0;
  for (const host of hosts) {
    yield `${JSON.stringify(hostLine(host, startedAt))}\n`;
    count++;
  }
  yield `${JSON.stringify({ hosts: count } satisfies z.infer<typeof EndLine>)}\n`;
}

function hostLine(host: HostObserved, startedAt: number): z.infer<typeof HostLine> {
  const seen: z.infer<typeof HostLine>['seen'] = [];
  for (const [reason, ports] of host.reasons) {
    if (isCanary(reason)) continue;
    for (const state of PORT_STATES) {
      const these = ports.intersect(host[state]);
      if (!these.isEmpty) seen.push([state, reason, these.toString()]);
    }
  }
  const { open, shut } = canariesOf(host);
  if (!open.isEmpty) seen.push(['open', 'canary', open.toString()]);
  if (!shut.isEmpty) seen.push(['closed', 'canary-shut', shut.toString()]);
  const line = { address: host.address, elapsedMs: Math.max(0, host.at - startedAt), seen };
  return host.connectMs.size === 0 ? line : { ...line, connectMs: Object.fromEntries(host.connectMs) };
}

/** Why a file can't be gone on from, for a person. */
export class StateProblem extends Error {}

/** Reads a file's lines, and hands out what was seen as observations of a scan that began at `startedAt`. */
export async function readState(
  lines: AsyncIterable<string>,
  ground: Ground,
  startedAtOf: (heading: Heading) => number,
  see: (seen: Observation) => void,
): Promise<Heading> {
  let heading: Heading | null = null;
  let startedAt = 0;
  let hosts = 0;
  let isWhole = false;
  for await (const text of lines) {
    const line = parsed(text);
    if (heading === null) {
      heading = readHeading(line, ground);
      startedAt = startedAtOf(heading);
    } else if (isWhole) throw new StateProblem('goes on behind its end');
    else if (EndLine.safeParse(line).data?.hosts === hosts) isWhole = true;
    else {
      for (const seen of readHost(line, ground, startedAt)) see(seen);
      hosts++;
    }
  }
  if (heading === null) throw new StateProblem('is no state of a scan');
  if (!isWhole) throw new StateProblem('is cut off');
  return heading;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function readHeading(line: unknown, ground: Ground): Heading {
  const { data: heading } = HeadingLine.safeParse(line);
  if (!heading) throw new StateProblem('is no state of a scan');
  if (heading.fingerprint !== fingerprintOf(ground, heading.seed))
    throw new StateProblem('is of a scan of other addresses or ports');
  if (BigInt(heading.settledTo) > ground.addresses.size * BigInt(ground.ports.size))
    throw new StateProblem('names a position that this scan does not have');
  return heading;
}

function* readHost(line: unknown, ground: Ground, startedAt: number): Generator<Observation> {
  const { data: host } = HostLine.safeParse(line);
  const address = host ? canonicalAddress(host.address) : null;
  if (!host || address === null || !ground.addresses.has(address))
    throw new StateProblem('holds a line that is no host of this scan');
  const times = new Map(Object.entries(host.connectMs ?? {}).map(([port, ms]) => [Number(port), ms]));
  for (const [state, reason, text] of host.seen) {
    const ports = readPorts(text);
    if (!isCanary(reason) && !ports.subtract(ground.ports).isEmpty)
      throw new StateProblem(`holds ports of ${address} that are not of this scan`);
    const connectMs = state === 'open' ? new Map([...times].filter(([port]) => ports.has(port))) : times;
    const at = startedAt + host.elapsedMs;
    yield {
      address,
      ports,
      state,
      reason,
      at,
      ...(state === 'open' && connectMs.size > 0 ? { connectMs } : {}),
    };
  }
}

function readPorts(text: string): PortSet {
  try {
    return PortSet.parse(text);
  } catch (error) {
    if (error instanceof PortSyntaxError) throw new StateProblem('holds ports that can not be read');
    throw error;
  }
}
