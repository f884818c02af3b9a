/*
 * What is scanned, by whom, and what portolan promises of it: the table of the issue, as values.
 *
 * A bar's ratio is the peer's median wall by portolan's, in the same rounds. Everywhere portolan also has to find every
 * open port, invent none, and exit 0, in every round. The trap: each scenario has a network of its own, without the
 * rules that the others need, for a rule costs every packet.
 */
import { addressesOf, HOSTS } from '../../lab/support/hosts.mjs';
import { seededPlaces, seededPorts } from '../../lab/support/truth.mjs';

/** @typedef {{ host: string, port: number }} Place */

/**
 * @typedef {object} Bar one of: faster than a peer (`best`: the fastest that found everything); a scan phase that is at
 * most this part of a peer's wall; peak memory
 * @property {'faster' | 'phase' | 'memory'} kind
 * @property {string} [than] a scanner's name, or `best`
 * @property {number} bound
 */

/**
 * @typedef {object} Scenario
 * @property {string} key for `--only`
 * @property {string} what
 * @property {string} targets
 * @property {string} ports
 * @property {Place[]} open
 * @property {import('./scanners.mjs').ScannerName[]} scanners the first is ours
 * @property {Bar[]} bars
 * @property {number} [delayMs] one way
 * @property {import('../../lab/support/hosts.mjs').Conditions} [conditions]
 * @property {boolean} [isLoopback] the listeners are in the scanner's own namespace
 * @property {number} [timesARound] how often ours is run each round
 * @property {number} [rounds] where it is not for speed
 * @property {number} [limitMs] where it takes longer than the others may
 */

const ALL = '1-65535';
const OPEN_PORTS = seededPorts(2, 50, 65_535);
const OPEN_PLACES = 300;
/** Fifty runs on end, in five rounds. */
const TIMES_LOSSY = { long: 10, short: 2 };
const POLICED_PER_SECOND = 20_000;
const WIDE_LIMIT_MS = 900_000;

const faster = (bound, ...peers) => peers.map((than) => ({ kind: 'faster', than, bound }));
const onHost = (host) => OPEN_PORTS.map((port) => ({ host, port }));
const inSlash16 = (place, port) => ({ host: `10.78.${place >> 8}.${place & 255}`, port });

/** A host with all its ports, named by its kind. */
function oneHost(kind, rest) {
  const targets = addressesOf(HOSTS[kind]).v4;
  return { targets, ports: ALL, open: onHost(targets), ...rest };
}

/** @returns {Scenario[]} */
function hosts() {
  const inB = seededPlaces(3, OPEN_PLACES, 256 * 1000).map((place) => ({
    host: `10.78.0.${Math.floor(place / 1000)}`,
    port: 1 + (place % 1000),
  }));
  return [
    oneHost('refusing', {
      key: 'A',
      what: '1 host × 65,535 ports, 50 open, the rest refuse',
      scanners: ['portolan', 'nmap', 'masscan'],
      bars: [
        ...faster(1.6, 'nmap'),
        { kind: 'phase', than: 'nmap', bound: 0.35 },
        { kind: 'memory', bound: 200 },
      ],
    }),
    {
      key: 'B',
      what: '256 hosts × 1,000 ports, 300 open, the rest refuse',
      targets: '10.78.0.0/24',
      ports: '1-1000',
      open: inB,
      scanners: ['portolan', 'nmap', 'masscan'],
      bars: faster(2.6, 'nmap', 'masscan'),
    },
    oneHost('silent', {
      key: 'C',
      what: '1 host × 65,535 ports, all but 50 silent',
      conditions: { isPlain: true, silentOpen: OPEN_PORTS },
      scanners: ['portolan', 'nmap', 'nmap tuned', 'masscan'],
      bars: faster(1.5, 'best'),
    }),
  ];
}

function lossy(lossPerMille, isShort) {
  const percent = lossPerMille / 10;
  return oneHost('lossy', {
    key: `loss${percent}`,
    what: `A with ${percent} % lost each way`,
    conditions: { isPlain: true, lossPerMille },
    scanners: ['portolan', 'nmap', 'masscan', 'masscan again'],
    timesARound: isShort ? TIMES_LOSSY.short : TIMES_LOSSY.long,
    bars: [...faster(4, 'masscan'), ...faster(30, 'nmap')],
  });
}

/** @returns {Scenario[]} */
function paths(isShort) {
  return [
    lossy(20, isShort),
    lossy(50, isShort),
    oneHost('refusing', {
      key: 'far',
      what: 'A, 40 ms round trip',
      delayMs: 20,
      scanners: ['portolan', 'nmap', 'masscan'],
      bars: faster(3, 'best'),
    }),
    oneHost('policed', {
      key: 'policed',
      what: 'A behind a policer of 20,000 packets a second',
      conditions: { isPlain: true, policedPerSecond: POLICED_PER_SECOND },
      scanners: ['portolan', 'nmap', 'masscan'],
      bars: faster(1.1, 'nmap'),
    }),
  ];
}

/** @returns {Scenario[]} */
function others() {
  return [
    {
      key: 'wide',
      what: '65,536 hosts × 1 port, 300 open, the rest refuse',
      targets: '10.78.0.0/16',
      ports: '80',
      open: seededPlaces(4, OPEN_PLACES, 65_536).map((place) => inSlash16(place, 80)),
      scanners: ['portolan', 'masscan', 'zmap', 'zmap gently'],
      bars: faster(2, 'zmap'),
    },
    {
      key: 'loopback',
      what: 'loopback × 65,535 ports, 50 open',
      targets: '127.0.0.1',
      ports: ALL,
      open: onHost('127.0.0.1'),
      isLoopback: true,
      scanners: ['portolan', 'nmap'],
      bars: faster(1.5, 'nmap'),
    },
    oneHost('refusing', {
      key: 'connect',
      what: 'A, by connect()',
      scanners: ['portolan connect', 'nmap connect'],
      bars: faster(1.8, 'nmap connect'),
    }),
  ];
}

/** Not for speed, and minutes long: what do 65 million probes need? @returns {Scenario} */
function memory() {
  const open = seededPlaces(5, OPEN_PLACES, 65_536).map((place, i) => inSlash16(place, 1 + ((i * 7) % 1000)));
  return {
    key: 'memory',
    what: '65,536 hosts × 1,000 ports, 300 open, the rest silent',
    targets: '10.78.0.0/16',
    ports: '1-1000',
    open,
    conditions: { isPlain: true, darkBut: open },
    scanners: ['portolan'],
    rounds: 1,
    limitMs: WIDE_LIMIT_MS,
    bars: [{ kind: 'memory', bound: 600 }],
  };
}

/** @returns {Scenario[]} */
export const scenarios = ({ isShort }) => [
  ...hosts(),
  ...paths(isShort),
  ...others(),
  ...(isShort ? [] : [memory()]),
];
