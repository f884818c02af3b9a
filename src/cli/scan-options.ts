/*
 * From what was typed behind `portolan scan` to a plan's settings; whatever can't be read is refused in one line, before
 * a name is looked up or a packet is sent.
 */
import { canonicalAddress } from '../domain/address-set.js';
import {
  DEFAULT_TIMEOUT_MS,
  type Rates,
  TIMING_NAMES,
  TIMINGS,
  type Timing,
  UNLIMITED,
} from '../domain/courtesy.js';
import { PortSet, PortSyntaxError } from '../domain/port-set.js';
import { ENGINES, type EngineChoice, type ScanPlan } from '../domain/scan-plan.js';
import { TOP_PORTS_MOST, topPorts } from '../domain/top-ports.js';
import { visibleText } from '../domain/visible-text.js';
import { Refusal } from '../platform/refusal.js';
import { readAddresses } from './scan-targets.js';

/** What was typed, as commander hands it over. */
export interface ScanOptions {
  readonly ports?: string;
  readonly topPorts?: string;
  readonly engine: string;
  readonly rate?: string;
  readonly ratePerHost?: string;
  readonly ratePerSubnet?: string;
  readonly timeout?: string;
  readonly timing?: string;
  readonly retries: string;
  readonly hostDeadline?: string;
  readonly verify?: boolean;
  readonly exclude: readonly string[];
  readonly fragile: readonly string[];
  readonly source?: string;
  readonly interface?: string;
  readonly seed?: string;
  readonly resume?: string;
  readonly state?: string;
  readonly authorisedBy?: string;
  readonly json?: true;
}

const RATE_MOST = 10_000_000;
const SEEDS = 2 ** 32;

export type ScanSettings = Pick<
  ScanPlan,
  | 'seed'
  | 'from'
  | 'timeoutMs'
  | 'retries'
  | 'verify'
  | 'hostDeadlineMs'
  | 'source'
  | 'interfaceName'
  | 'fragile'
> & {
  readonly ports: PortSet;
  readonly engine: EngineChoice;
  readonly rates: AskedRates;
};

/** The rates that were given; what is absent is the default of the targets. */
export type AskedRates = Partial<Rates>;

export function readScanOptions(options: ScanOptions): ScanSettings {
  const { hostDeadline, source } = options;
  return {
    ports: readPorts(options),
    engine: readEngine(options.engine),
    rates: readRates(options),
    timeoutMs: readTimeout(options),
    retries: readNumber('--retries', options.retries, 0, 20),
    verify: options.verify ?? false,
    ...readOrder(options),
    ...(options.fragile.length > 0 ? { fragile: readAddresses('--fragile', options.fragile) } : {}),
    ...(hostDeadline === undefined
      ? {}
      : { hostDeadlineMs: 1000 * readNumber('--host-deadline', hostDeadline, 1, 1_000_000) }),
    ...(source === undefined ? {} : { source: readSource(source) }),
    ...(options.interface === undefined ? {} : { interfaceName: readInterface(options.interface) }),
  };
}

function readPorts({ ports: text, topPorts: most }: ScanOptions): PortSet {
  if (text === undefined)
    return topPorts(readNumber('--top-ports', most ?? `${TOP_PORTS_MOST}`, 1, TOP_PORTS_MOST));
  if (most !== undefined) {
    throw new Refusal('bad-input', '-p and --top-ports contradict each other; expected one of them');
  }
  try {
    const ports = PortSet.parse(text);
    if (ports.isEmpty)
      throw new Refusal('bad-input', '-p names no port; expected for example 22,80,8000-8100');
    return ports;
  } catch (error) {
    if (error instanceof PortSyntaxError) throw new Refusal('bad-input', `-p: ${error.message}`);
    throw error;
  }
}

function readEngine(text: string): EngineChoice {
  const choices: readonly EngineChoice[] = ['auto', ...ENGINES];
  const choice = choices.find((name) => name === text);
  if (!choice) {
    throw new Refusal(
      'bad-input',
      `'${visibleText(text)}' is no engine; expected auto, syn, connect or portable`,
    );
  }
  return choice;
}

/** `--rate max` lifts every cap that is not given beside it. */
function readRates({ rate, ratePerHost, ratePerSubnet }: ScanOptions): AskedRates {
  const read = (option: string, text: string | undefined, key: keyof Rates): AskedRates =>
    text === undefined ? {} : { [key]: readNumber(option, text, 1, RATE_MOST) };
  const caps = {
    ...read('--rate-per-host', ratePerHost, 'ratePerHost'),
    ...read('--rate-per-subnet', ratePerSubnet, 'ratePerSubnet'),
  };
  if (rate !== 'max') return { ...read('--rate', rate, 'ratePerSecond'), ...caps };
  return { ...UNLIMITED, ...caps };
}

function readTimeout({ timeout, timing }: ScanOptions): number {
  if (timing !== undefined && !TIMING_NAMES.includes(timing as Timing)) {
    throw new Refusal(
      'bad-input',
      `--timing '${visibleText(timing)}' is no distance; expected ${TIMING_NAMES.join(', ')}`,
    );
  }
  if (timeout !== undefined && timing !== undefined) {
    throw new Refusal('bad-input', '--timeout and --timing contradict each other; expected one of them');
  }
  if (timeout !== undefined) return readNumber('--timeout', timeout, 1, 600_000);
  return timing === undefined ? DEFAULT_TIMEOUT_MS : TIMINGS[timing as Timing];
}

/** A position means nothing without the seed that it belongs to. */
function readOrder({ seed, resume, state }: ScanOptions): { seed: number; from: number } {
  if (resume !== undefined && state !== undefined) {
    throw new Refusal(
      'bad-input',
      '--state and --resume contradict each other; expected one of them, as a state file has its own position',
    );
  }
  if (resume !== undefined && seed === undefined) {
    throw new Refusal(
      'bad-input',
      '--resume needs the --seed of the scan that it goes on with; both are told on Ctrl-C',
    );
  }
  return {
    seed: seed === undefined ? Math.floor(Math.random() * SEEDS) : readNumber('--seed', seed, 0, SEEDS - 1),
    from: resume === undefined ? 0 : readNumber('--resume', resume, 0, Number.MAX_SAFE_INTEGER),
  };
}

function readSource(text: string): string {
  const address = canonicalAddress(text);
  if (address === null) {
    throw new Refusal(
      'bad-input',
      `--source '${visibleText(text)}' is no address; expected one of this machine's own`,
    );
  }
  return address;
}

/** IFNAMSIZ leaves 15 characters, and the kernel takes neither `/` nor white space (dev_valid_name). */
function readInterface(name: string): string {
  if (!/^[^\s/:]{1,15}$/.test(name)) {
    throw new Refusal(
      'bad-input',
      `--interface '${visibleText(name)}' is no name of an interface; expected for example eth0`,
    );
  }
  return name;
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
