/*
 * `portolan scan`: the bare engine, without inventory or database.
 *
 * Promise: no packet leaves and no name is looked up for a target beyond loopback before somebody is named who has
 * authorised it; exclusions win over everything, also over what a name turns out to mean. Ports that were not looked at
 * are `unknown`, and then the exit code is 3, never 0.
 */
import type { Command } from 'commander';
import type { HostObserved } from '../domain/observation.js';
import type { PortSet } from '../domain/port-set.js';
import type { ScanPlan } from '../domain/scan-plan.js';
import { Refusal } from '../platform/refusal.js';
import type { ScanFacts, ScannedHost } from './scan-output.js';
import type { ChosenTargets } from './scan-targets.js';

const ADDRESSES_MOST = 262_144n;
/** Cut to the file descriptors there are: silence takes a socket for as long as the time-out. */
const IN_FLIGHT = 4000;
const COURTEOUS_RATE_PER_SECOND = 5000;
const EXIT_INCONCLUSIVE = 3;

export interface ScanOptions {
  readonly ports?: string;
  readonly topPorts?: string;
  readonly engine: string;
  readonly rate?: string;
  readonly timeout: string;
  readonly retries: string;
  readonly exclude: readonly string[];
  readonly authorisedBy?: string;
  readonly json?: true;
}

export function scanCommand(program: Command): void {
  program
    .command('scan')
    .description('look at the ports of some addresses, without an inventory')
    .argument('<targets...>', '203.0.113.0/24, 10.0.0.1-20, 10.0-1.0.1,5-9, 2001:db8::1, a name')
    .option('-p, --ports <ports>', '22,80,8000-8100, or - for 1-65535 (default: the top 1000)')
    .option('--top-ports <n>', 'the n ports that are most worth a look, 1 to 1000')
    .option('--engine <engine>', 'auto, connect or syn', 'auto')
    .option(
      '--rate <n>',
      `connects a second, or max (default: max for loopback, else ${COURTEOUS_RATE_PER_SECOND})`,
    )
    .option('--timeout <ms>', 'how long a probe waits for its answer', '2000')
    .option('--retries <n>', 'how often a probe that met silence is sent again', '1')
    .option('--exclude <target>', 'never touch these addresses; may be repeated', collect, [])
    .option('--authorised-by <name>', 'who has authorised this scan; needed for anything but loopback')
    .option('--json', 'one JSON object a line and host')
    .addHelpText('after', EXIT_CODES)
    .action(async (targets: string[], options: ScanOptions) => {
      await runScan(targets, options);
    });
}

const EXIT_CODES = `
Exit codes: 0 every port was judged; 2 refused; 3 some ports are unknown, also after Ctrl-C,
which ends the scan at once and prints what was found. A second Ctrl-C kills.`;

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

async function runScan(texts: readonly string[], options: ScanOptions): Promise<void> {
  const { chooseTargets } = await import('./scan-targets.js');
  const ports = await readPorts(options);
  readEngine(options.engine);
  const timeoutMs = readNumber('--timeout', options.timeout, 1, 600_000);
  const retries = readNumber('--retries', options.retries, 0, 20);
  const askedRate = readRate(options.rate);
  const chosen = await chooseTargets(texts, options.exclude, options.authorisedBy);
  if (chosen.addresses.size > ADDRESSES_MOST) {
    throw new Refusal(
      'bad-input',
      `${chosen.addresses.size} addresses are too many for one scan; expected at most ${ADDRESSES_MOST}, so scan them in parts`,
    );
  }
  const { probeCount } = await import('../domain/scan-plan.js');
  const plannedTargets = [{ addresses: chosen.addresses, ports }];
  const plan: ScanPlan = {
    targets: plannedTargets,
    from: 0,
    to: probeCount(plannedTargets),
    seed: Math.floor(Math.random() * 2 ** 32),
    timeoutMs,
    retries,
    ratePerSecond: askedRate ?? (chosen.isLoopback ? Number.POSITIVE_INFINITY : COURTEOUS_RATE_PER_SECOND),
    inFlight: IN_FLIGHT,
  };
  const startedAt = Date.now();
  const { hosts, isInterrupted } = await look(plan, chosen.nameOf);
  const facts: ScanFacts = {
    engine: 'connect',
    authorisedBy: chosen.authorisedBy,
    elapsedMs: Date.now() - startedAt,
    isInterrupted,
  };
  // Decided before anything is printed: a reader who has seen enough (`| head`) must not turn 3 into 0.
  if (judgedIn(hosts) < plan.to) process.exitCode = EXIT_INCONCLUSIVE;
  await print(scannedHosts(chosen, hosts, ports, startedAt), facts, options.json === true);
}

function judgedIn(hosts: ReadonlyMap<string, HostObserved>): number {
  let judged = 0;
  for (const host of hosts.values()) {
    judged += host.open.size + host.closed.size + host.filtered.size + host.unreachable.size;
  }
  return judged;
}

/** Runs the scan to its end or to the first Ctrl-C. */
async function look(
  plan: ScanPlan,
  nameOf: (address: string) => string | null,
): Promise<{ hosts: Map<string, HostObserved>; isInterrupted: boolean }> {
  const { scan } = await import('../engine/scan.js');
  const { nothingObserved, observe } = await import('../domain/observation.js');
  const { interruptSignal } = await import('./interrupt.js');
  const { progressLine } = await import('./progress.js');
  const hosts = new Map<string, HostObserved>();
  const signal = interruptSignal();
  const progress = progressLine(plan.to - plan.from);
  let done = 0;
  let open = 0;
  for await (const seen of scan(plan, signal)) {
    const host = hosts.get(seen.address) ?? nothingObserved(seen.address, nameOf(seen.address));
    hosts.set(seen.address, observe(host, seen));
    done += seen.ports.size;
    if (seen.state === 'open') open += seen.ports.size;
    progress.update(done, `${open} open`);
  }
  progress.end();
  return { hosts, isInterrupted: signal.aborted };
}

/** Every address of the plan, also those of which nothing was seen, one at a time. */
async function* scannedHosts(
  { addresses, nameOf }: ChosenTargets,
  hosts: ReadonlyMap<string, HostObserved>,
  planned: PortSet,
  startedAt: number,
): AsyncGenerator<ScannedHost> {
  const { formatAddress } = await import('../domain/address-set.js');
  const { nothingObserved } = await import('../domain/observation.js');
  for (const number of addresses) {
    const address = formatAddress(number);
    const observed = hosts.get(address) ?? nothingObserved(address, nameOf(address));
    yield { observed, planned, elapsedMs: Math.max(0, observed.at - startedAt) };
  }
}

async function print(hosts: AsyncIterable<ScannedHost>, facts: ScanFacts, isJson: boolean): Promise<void> {
  const output = await import('./scan-output.js');
  const { Readable } = await import('node:stream');
  const { pipeline } = await import('node:stream/promises');
  const tally = output.emptyTally();
  async function* lines(): AsyncGenerator<string> {
    for await (const host of hosts) {
      output.addToTally(tally, host);
      const text = isJson ? output.jsonLine(host, facts) : output.hostBlock(host);
      if (text !== '') yield text;
    }
    if (!isJson) yield output.summaryBlock(tally, facts);
  }
  try {
    await pipeline(Readable.from(lines()), process.stdout, { end: false });
  } catch (error) {
    // The reader has seen enough (`| head`): that is no failure of ours.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

async function readPorts(options: ScanOptions): Promise<PortSet> {
  const { PortSet, PortSyntaxError } = await import('../domain/port-set.js');
  const { topPorts, TOP_PORTS_MOST } = await import('../domain/top-ports.js');
  if (options.ports === undefined) {
    return topPorts(readNumber('--top-ports', options.topPorts ?? String(TOP_PORTS_MOST), 1, TOP_PORTS_MOST));
  }
  if (options.topPorts !== undefined) {
    throw new Refusal('bad-input', '-p and --top-ports contradict each other; expected one of them');
  }
  try {
    const ports = PortSet.parse(options.ports);
    if (ports.isEmpty)
      throw new Refusal('bad-input', '-p names no port; expected for example 22,80,8000-8100');
    return ports;
  } catch (error) {
    if (error instanceof PortSyntaxError) throw new Refusal('bad-input', `-p: ${error.message}`);
    throw error;
  }
}

function readEngine(engine: string): void {
  if (engine === 'auto' || engine === 'connect') return;
  throw new Refusal(
    'bad-input',
    engine === 'syn'
      ? 'this version has no SYN engine yet; expected --engine auto or connect'
      : `'${engine}' is no engine; expected auto, connect or syn`,
  );
}

function readNumber(option: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) {
    throw new Refusal(
      'bad-input',
      `${option} '${text}' is no number that fits; expected a whole number from ${least} to ${most}`,
    );
  }
  return number;
}

function readRate(text: string | undefined): number | null {
  if (text === undefined) return null;
  return text === 'max' ? Number.POSITIVE_INFINITY : readNumber('--rate', text, 1, 10_000_000);
}
