/*
 * Which engine a scan gets: the best that this process is allowed, with the reason in one line for people.
 *
 * The SYN engine needs Linux, a C library that can be called, compiled workers, and the leave to open a raw socket, which is
 * tried and not guessed from capabilities; the connect engine needs the first three; Node's own sockets need nothing.
 * An engine that was asked for by name and can't be had is refused. The trap is a check that finds less than it could:
 * it costs speed in silence, so that `why` always says what was missing.
 */
import { AddressSet } from '../domain/address-set.js';
import { addressesOf, type EngineName, type ScanPlan } from '../domain/scan-plan.js';
import { hasWorkers, isEarlyWorkerReady } from './workers.js';

/** Threads take a tenth of a second to start; on loopback so many probes are done by then. */
const FEW_PROBES = 200;
const AF_PACKET = 17;
const SOCK_RAW = 3;
const GRANT = 'grant it with `sudo setcap cap_net_raw+ep "$(readlink -f "$(which node)")"` or run as root';

/** What the decision rests on. */
export interface EngineFacts {
  readonly platform: string;
  /** Why the C library can't be called; null where it can. */
  readonly libraryProblem: () => Promise<string | null>;
  readonly hasWorkers: (engine: 'syn' | 'connect') => boolean;
  /** The errno's name where no raw packet socket can be opened; null where one can. */
  readonly rawSocketProblem: () => Promise<string | null>;
}

export interface ChosenEngine {
  readonly name: EngineName;
  /** One line for people: `connect: no CAP_NET_RAW, …`. */
  readonly why: string;
}

/** The engine that was asked for can't be had; the message says why, and what would help. */
export class EngineNotAvailable extends Error {
  constructor(
    readonly engine: EngineName,
    why: string,
  ) {
    super(`the ${engine} engine can't be used: ${why}`);
  }
}

export type EngineWish = Pick<ScanPlan, 'engine' | 'targets' | 'from' | 'to' | 'interfaceName'>;

export async function chooseEngine(wish: EngineWish, facts: EngineFacts = realFacts): Promise<ChosenEngine> {
  const { engine = 'auto', interfaceName } = wish;
  const chosen = await choose(engine, wish, facts);
  if (chosen.name === 'portable') refuseInterface(interfaceName, chosen.why);
  return chosen;
}

/** Node's sockets can be bound to an address, but to no interface. */
export function refuseInterface(interfaceName: string | undefined, why: string): void {
  if (interfaceName === undefined) return;
  throw new EngineNotAvailable(
    'portable',
    `it can't choose the interface '${interfaceName}'; expected the syn or the connect engine (${why})`,
  );
}

async function choose(
  engine: NonNullable<ScanPlan['engine']>,
  wish: EngineWish,
  facts: EngineFacts,
): Promise<ChosenEngine> {
  if (engine === 'portable') return { name: 'portable', why: 'portable: asked for by name' };
  if (engine === 'auto' && wish.interfaceName === undefined && isSmallAndNear(wish)) {
    const why = `portable: ${wish.to - wish.from} probes on loopback are done before other engines have started`;
    return { name: 'portable', why };
  }
  const noConnect = await connectProblem(facts);
  if (engine === 'connect') {
    return noConnect === null
      ? { name: 'connect', why: 'connect: asked for by name' }
      : { name: 'portable', why: `portable: ${noConnect}, so that probes are Node's own sockets` };
  }
  const noSyn = await synProblem(facts);
  if (noSyn === null) {
    return { name: 'syn', why: `syn: ${engine === 'syn' ? 'asked for by name' : 'raw packets are allowed'}` };
  }
  if (engine === 'syn') throw new EngineNotAvailable('syn', noSyn.why);
  if (noConnect !== null) {
    return { name: 'portable', why: `portable: ${noConnect}, so that probes are Node's own sockets` };
  }
  return {
    name: 'connect',
    why: `connect: ${noSyn.short}, so that every probe is a connect(); ${noSyn.help}`,
  };
}

function isSmallAndNear({ targets, from, to }: EngineWish): boolean {
  return to - from < FEW_PROBES && AddressSet.loopback.containsAll(addressesOf(targets));
}

async function connectProblem(facts: EngineFacts): Promise<string | null> {
  return (await libraryProblem(facts)) ?? (facts.hasWorkers('connect') ? null : NOT_COMPILED);
}

const NOT_COMPILED = 'the fast engines run in compiled form only (`npm run build`)';

async function libraryProblem(facts: EngineFacts): Promise<string | null> {
  if (facts.platform !== 'linux') return `the fast engines need Linux, and this is ${facts.platform}`;
  const problem = await facts.libraryProblem();
  return problem === null ? null : `the C library can't be called (${problem})`;
}

async function synProblem(facts: EngineFacts): Promise<{ why: string; short: string; help: string } | null> {
  const missing = (await libraryProblem(facts)) ?? (facts.hasWorkers('syn') ? null : NOT_COMPILED);
  if (missing !== null) return { why: missing, short: missing, help: 'it needs no privilege' };
  const problem = await facts.rawSocketProblem();
  if (problem === null) return null;
  if (problem !== 'EPERM' && problem !== 'EACCES') {
    const short = `raw packet sockets can't be had here (${problem})`;
    return { why: short, short, help: 'it needs no privilege' };
  }
  return { why: `no CAP_NET_RAW; ${GRANT}`, short: 'no CAP_NET_RAW', help: GRANT };
}

/** A thread that was started early, and is ready, has tried what we would: loading the C library once more takes time. */
const realFacts: EngineFacts = {
  platform: process.platform,
  async libraryProblem() {
    if ((await isEarlyWorkerReady('conductor')) || (await isEarlyWorkerReady('connect'))) return null;
    try {
      await import('./linux/libc.js');
      return null;
    } catch (error) {
      return (error as Error).message.split('\n')[0]!;
    }
  },
  hasWorkers,
  async rawSocketProblem() {
    if (await isEarlyWorkerReady('conductor')) return null;
    const libc = await import('./linux/libc.js');
    // Protocol 0: nothing is received (packet(7)).
    const fd = libc.socket(AF_PACKET, SOCK_RAW, 0);
    if (fd < 0) return libc.lastErrno();
    libc.closeLater(fd);
    return null;
  },
};
