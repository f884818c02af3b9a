/*
 * Looks at the canaries of a run by the engine that probes the run itself, and says whether the scanner can see.
 *
 * Our own canaries are a listener, and a port that nobody listens on: one that we could have, and let go again, below those
 * that the kernel hands out by itself. Nothing is asked that the scope does not allow, but loopback.
 */
import { randomInt } from 'node:crypto';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { AddressSet, canonicalAddress } from '../domain/address-set.js';
import { type Blindness, type CanarySeen, decideGate } from '../domain/gate.js';
import type { Canary } from '../domain/inventory.js';
import { PORT_STATES } from '../domain/observation.js';
import { PortSet } from '../domain/port-set.js';
import { type EngineName, probeCount, type ScanPlan, type Target } from '../domain/scan-plan.js';
import { Sightings } from '../domain/sightings.js';
import { chooseEngine } from '../engine/choose-engine.js';
import { scan } from '../engine/scan.js';

export interface GateLook {
  readonly seen: readonly CanarySeen[];
  readonly blindness: Blindness;
}

const OWN_ADDRESS = '127.0.0.1';

/** The scan that has to be believed: its targets choose the engine, and it is as patient with canaries. */
export interface GatedScan {
  readonly targets: readonly Target[];
  readonly care: Omit<ScanPlan, 'targets' | 'from' | 'to'>;
}

/** @param known canaries beyond our own; @param allowed what may be probed at this very moment */
export async function lookThroughGate(
  gated: GatedScan,
  known: readonly Canary[],
  { allowed, signal }: { allowed: AddressSet; signal: AbortSignal },
): Promise<GateLook> {
  const own = await openOwn();
  try {
    const canaries = [...own.canaries, ...known.filter(({ address }) => allowed.has(address))];
    const engine = await engineOf(gated);
    const seen = await look(canaries, { ...gated.care, engine }, allowed, signal);
    return { seen, blindness: decideGate(seen) };
  } finally {
    await own.close();
  }
}

/** The engine that the run's own scan gets. */
async function engineOf({ targets }: GatedScan): Promise<EngineName> {
  return (await chooseEngine({ targets, from: 0, to: probeCount(targets) })).name;
}

async function look(
  canaries: readonly Canary[],
  care: Omit<ScanPlan, 'targets' | 'from' | 'to'>,
  allowed: AddressSet,
  signal: AbortSignal,
): Promise<CanarySeen[]> {
  const targets = canaries.map(({ address, port }) => ({
    addresses: AddressSet.parse(address),
    ports: PortSet.of(port),
  }));
  const sightings = new Sightings((address) => portsAt(canaries, address));
  const order = { ...care, targets, from: 0, to: probeCount(targets), allowed: allowed.union(OWN) };
  for await (const seen of scan(order, signal)) sightings.add(seen);
  return canaries.map((canary) => {
    const host = sightings.host(canonicalAddress(canary.address)!);
    return { ...canary, state: PORT_STATES.find((state) => host[state].has(canary.port)) ?? 'unknown' };
  });
}

const OWN = AddressSet.parse(OWN_ADDRESS);

const portsAt = (canaries: readonly Canary[], address: string): PortSet =>
  PortSet.from(canaries.filter((one) => canonicalAddress(one.address) === address).map(({ port }) => port));

async function openOwn(): Promise<{ canaries: Canary[]; close(): Promise<void> }> {
  const open = createServer((socket) => socket.destroy());
  const port = await listening(open, 0);
  const close = (): Promise<void> => new Promise((resolve) => open.close(() => resolve()));
  const own = { kind: 'own' as const, address: OWN_ADDRESS };
  return {
    canaries: [
      { ...own, port, expect: 'open' },
      { ...own, port: await refusingPort(), expect: 'closed' },
    ],
    close,
  };
}

/** Below what the kernel gives to connections by itself (ip_local_port_range, from 32,768 by default). */
const REFUSING = { first: 10_000, choices: 20_000 };

async function refusingPort(): Promise<number> {
  for (let tries = 0; ; tries++) {
    const server = createServer();
    try {
      const port = await listening(server, REFUSING.first + randomInt(REFUSING.choices));
      await new Promise((resolve) => server.close(resolve));
      return port;
    } catch (error) {
      if (tries === 20) throw error;
    }
  }
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, OWN_ADDRESS, () => resolve((server.address() as AddressInfo).port));
  });
}
