/*
 * How many packets a second portolan's senders get out of this machine, beside a C program that does no more than send.
 *
 * Both send to a /16 that drops everything on arrival, and both are counted by the link itself, a few times a second;
 * what counts is the median of the stretches in which they sent, for a scan also waits, and a sender does not. The trap:
 * a C program of one thread would be a low ceiling; it has as many as portolan has senders.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setConditions } from '../../lab/support/hosts.mjs';
import { makeNetwork } from '../../lab/support/network.mjs';
import { median } from './bars.mjs';
import { measure } from './measure.mjs';
import { SCANNERS } from './scanners.mjs';

export const CEILING = 'ceiling';
const BOUND = 0.9;
const LOOK_MS = 200;
const SOURCE = join(import.meta.dirname, 'ceiling.c');
/** Some eight million probes. */
const DARK = { targets: '10.78.0.0/16', ports: '1-128' };
const C_SECONDS = 5;
/** As in src/engine/syn: a sender a core, two at most. */
const THREADS = Math.min(2, availableParallelism());

/**
 * Packets a second of both, or why there are none.
 * @param {import('./rounds.mjs').Terms} terms
 * @returns {Promise<{ ours: number, theirs: number } | string>}
 */
export async function measureCeiling({ rounds, limitMs, folder }) {
  const program = join(folder, 'ceiling');
  const compiled = spawnSync('cc', ['-O2', '-pthread', '-o', program, SOURCE], { encoding: 'utf8' });
  if (compiled.error) return 'there is no C compiler (cc)';
  if (compiled.status !== 0) throw new Error(`ceiling.c can't be compiled: ${compiled.stderr}`);
  const network = await makeNetwork();
  try {
    setConditions(network, { isPlain: true, darkBut: [] });
    const [{ address }] = JSON.parse(network.run(network.target, ['ip', '-j', 'link', 'show', 'v0']));
    const sendOnly = [program, 'v0', address, String(C_SECONDS), String(THREADS)];
    const scan = [...SCANNERS.portolan.command(DARK), '--retries', '0'];
    const rates = { ours: [], theirs: [] };
    for (let round = 0; round < rounds; round++) {
      rates.ours.push(await sendingRate(network, scan, { limitMs, folder }));
      rates.theirs.push(await sendingRate(network, sendOnly, { limitMs, folder }));
    }
    return { ours: median(rates.ours), theirs: median(rates.theirs) };
  } finally {
    network.remove();
  }
}

/** Packets a second while the command sends. */
async function sendingRate(network, command, how) {
  const looks = [];
  const look = () => looks.push({ atMs: performance.now(), packets: packetsSent(network) });
  look();
  const looking = setInterval(look, LOOK_MS);
  try {
    const { ended, isCut, stderr } = await measure(network.inside(network.scanner, command), how);
    if (ended !== '' && !isCut) throw new Error(`${command.join(' ')}: ${ended}, ${stderr.slice(-500)}`);
  } finally {
    clearInterval(looking);
  }
  const rates = looks.slice(1).map(({ atMs, packets }, i) => {
    const before = looks[i];
    return ((packets - before.packets) / (atMs - before.atMs)) * 1000;
  });
  const most = Math.max(...rates);
  return median(rates.filter((rate) => rate > most / 2));
}

function packetsSent(network) {
  const [link] = JSON.parse(network.run(network.scanner, ['ip', '-s', '-j', 'link', 'show', 'v0']));
  return link.stats64.tx.packets;
}

/** @param {{ ours: number, theirs: number } | string} rates @returns {import('./bars.mjs').Verdict[]} */
export function judgeCeiling(rates) {
  const what = `≥ ${BOUND} of what C sends with ${THREADS} threads`;
  if (typeof rates === 'string') return [{ what, measured: `left out: ${rates}`, isMet: true, short: '' }];
  const share = rates.ours / rates.theirs;
  const measured = `${share.toFixed(2)} (${kpps(rates.ours)} of ${kpps(rates.theirs)})`;
  return [{ what, measured, isMet: share >= BOUND, short: `${share.toFixed(2)} × C` }];
}

export const kpps = (rate) => `${Math.round(rate / 1000)} kpps`;
