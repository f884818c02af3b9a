/*
 * How each scanner is called, and how its output is read into the set of `address:port` that it says are open.
 *
 * Every peer gets the settings that are fastest while it still finds everything, as far as it can; why they are so
 * stands beside them. Names say what differs from the scanner's plain use. All are given numbers, never names, and
 * skip the question whether a host is up: everyone does the same work.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { env } from './measure.mjs';

const MAIN = join(import.meta.dirname, '../../../dist/src/main.js');
/** The lab's spare source: no kernel owns it, so that none resets what comes back to it. */
const SPARE_SOURCE = '10.80.0.9';

/**
 * @typedef {object} Question
 * @property {string} targets
 * @property {string} ports
 * @property {string} gatewayMac whom scanners that make their own frames send them to
 */

/**
 * @typedef {object} Answer
 * @property {Set<string>} open
 * @property {number} [scanMs] the scan alone, where the scanner says it
 */

const portolan = (engine, ...options) => ({
  program: 'portolan',
  command: ({ targets, ports }) => [
    ...[process.execPath, MAIN, 'scan', targets, '-p', ports, '--engine', engine, '--rate', 'max'],
    ...['--json', '--authorised-by', 'bench', ...options],
  ],
  read: readPortolan,
});

const nmap = (...options) => ({
  program: 'nmap',
  command: ({ targets, ports }) => [
    ...['nmap', ...options, '-T4', '-Pn', '-n', '-p', ports, '-oG', '-', targets],
  ],
  read: readNmap,
});

const masscan = (...options) => ({
  program: 'masscan',
  command: ({ targets, ports, gatewayMac }) => [
    ...['masscan', targets, '-p', ports, '-e', 'v0', '--adapter-ip', SPARE_SOURCE],
    ...['--router-mac', gatewayMac, '-oL', '-', ...options],
  ],
  read: readMasscan,
});

const zmap = (...options) => ({
  program: 'zmap',
  command: ({ targets, ports, gatewayMac }) => [
    ...['zmap', targets, '-p', ports, '-i', 'v0', '-S', SPARE_SOURCE, '-G', gatewayMac],
    // Its default blacklist has all private addresses, and its default wait after the last probe is 8 s.
    ...['-b', '/dev/null', '-c', '1', '-q', '-o', '-', ...options],
  ],
  read: (stdout, { ports }) => ({ open: new Set(wordsOf(stdout).map((address) => `${address}:${ports}`)) }),
});

/** By name. */
export const SCANNERS = {
  portolan: portolan('syn'),
  'portolan connect': portolan('connect'),
  nmap: nmap('-sS'),
  // What someone would choose who knew beforehand that the host is silent and the path good. It asks each silent port
  // twice, as we do; with --max-retries 0 it is faster, and trusts a single packet.
  'nmap tuned': nmap('-sS', '--min-rate', '100000', '--max-retries', '1'),
  'nmap connect': nmap('-sT'),
  // From 150,000 on it loses answers here, and is no faster; its default wait is 10 s.
  masscan: masscan('--rate', '100000', '--wait', '1'),
  // On a path that loses packets it does not ask again by itself.
  'masscan again': masscan('--rate', '100000', '--wait', '1', '--retries', '2'),
  // Faster than this, its capture drops answers by its own account, and on a busy machine it does so even here.
  zmap: zmap('-r', '100000'),
  'zmap gently': zmap('-r', '50000'),
};

/** @typedef {keyof typeof SCANNERS} ScannerName */

const installed = new Map([['portolan', true]]);

/** @param {string} program */
export function isInstalled(program) {
  if (!installed.has(program)) {
    const { error } = spawnSync(program, ['--version'], { env });
    installed.set(program, !error);
  }
  return installed.get(program);
}

/** @returns {Answer} */
function readPortolan(stdout) {
  const lines = linesOf(stdout).map((line) => JSON.parse(line));
  const open = lines.flatMap((line) => portsOf(line.open).map((port) => `${line.address}:${port}`));
  return { open: new Set(open), scanMs: lines.reduce((most, line) => Math.max(most, line.elapsedMs), 0) };
}

function portsOf(notation) {
  if (notation === '') return [];
  return notation.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** `Host: 10.79.0.1 ()	Ports: 22/open/tcp//ssh///, …` */
function readNmap(stdout) {
  const open = linesOf(stdout).flatMap((line) => {
    const address = /^Host: (\S+) .*Ports: /.exec(line)?.[1];
    return Array.from(line.matchAll(/(\d+)\/open\//g), ([, port]) => `${address}:${port}`);
  });
  return { open: new Set(open) };
}

/** `open tcp 22 10.79.0.1 1700000000` */
function readMasscan(stdout) {
  const found = linesOf(stdout).map((line) => /^open tcp (\d+) (\S+)/.exec(line));
  return { open: new Set(found.filter((match) => match).map(([, port, address]) => `${address}:${port}`)) };
}

const linesOf = (text) => text.split('\n').filter((line) => line !== '');
const wordsOf = (text) => text.split(/\s+/).filter((word) => /^\d/.test(word));
