/*
 * One scenario: its network, its listeners, and its scanners in turn, round after round, so that whatever else the
 * machine does hits all alike. What each run found is held against the truth at once.
 *
 * A scanner that meets the time limit is not run again: its limit is a lower bound of its time.
 */
import { listen, setConditions } from '../../lab/support/hosts.mjs';
import { makeNetwork } from '../../lab/support/network.mjs';
import { measure } from './measure.mjs';
import { isInstalled, SCANNERS } from './scanners.mjs';

/**
 * @typedef {object} Run
 * @property {number} wallMs
 * @property {number} cpuMs
 * @property {number} peakMegabytes
 * @property {number} found of the open ones
 * @property {number} invented said to be open, and are not
 * @property {number} [scanMs]
 * @property {boolean} isCut
 * @property {string} ended '' where it ended well
 */

/** @typedef {{ rounds: number, limitMs: number, folder: string, say: (line: string) => void }} Terms */

/**
 * The runs of each scanner that is installed.
 * @param {import('./scenarios.mjs').Scenario} scenario
 * @param {Terms} terms
 * @returns {Promise<Map<import('./scanners.mjs').ScannerName, Run[]>>}
 */
export async function play(scenario, terms) {
  const network = await makeNetwork({ delayMs: scenario.delayMs });
  try {
    if (scenario.conditions) setConditions(network, scenario.conditions);
    const listening = scenario.open.map((place) => ({ ...place, manner: 'quiet' }));
    const namespace = scenario.isLoopback ? network.scanner : network.target;
    const listener = await listen(network, listening, terms.folder, namespace);
    try {
      return await playRounds(scenario, network, terms);
    } finally {
      listener.kill('SIGKILL');
    }
  } finally {
    network.remove();
  }
}

async function playRounds(scenario, network, terms) {
  const question = { ...scenario, gatewayMac: macOf(network) };
  const names = scenario.scanners.filter((name) => isInstalled(SCANNERS[name].program));
  const runs = new Map(names.map((name) => [name, []]));
  const [ours] = scenario.scanners;
  for (let round = 1; round <= (scenario.rounds ?? terms.rounds); round++) {
    for (const [name, before] of runs) {
      const times = name === ours ? (scenario.timesARound ?? 1) : 1;
      for (let time = 0; time < times && !before.at(-1)?.isCut; time++) {
        before.push(await scanOnce(name, question, network, { ...terms, round }));
      }
    }
  }
  return runs;
}

function macOf(network) {
  const [{ address }] = JSON.parse(network.run(network.target, ['ip', '-j', 'link', 'show', 'v0']));
  return address;
}

/** @returns {Promise<Run>} */
async function scanOnce(name, question, network, { folder, say, round, limitMs }) {
  const { command, read } = SCANNERS[name];
  const ordered = command(question);
  const measured = await measure(network.inside(network.scanner, ordered), {
    limitMs: question.limitMs ?? limitMs,
    folder,
  });
  const { wallMs, cpuMs, peakMegabytes, isCut, ended, stdout, stderr } = measured;
  // What was cut has not said its last word, and maybe half of a line.
  const { open, scanMs } = isCut ? { open: new Set() } : read(stdout, question);
  const truth = new Set(question.open.map(({ host, port }) => `${host}:${port}`));
  const [missed, invented] = [without(truth, open), without(open, truth)];
  if (name.startsWith('portolan') && (ended !== '' || missed.length > 0 || invented.length > 0)) {
    say(
      `${name}, round ${round}: ${isCut ? 'met the time limit' : ended || 'ended well'}; ${ordered.join(' ')}`,
    );
    say(`  missed ${missed.join(' ') || 'none'}; invented ${invented.slice(0, 20).join(' ') || 'none'}`);
    say(`  ${stderr.slice(-1000).trim() || '(nothing on stderr)'}`);
  }
  const found = truth.size - missed.length;
  return { wallMs, cpuMs, peakMegabytes, found, invented: invented.length, scanMs, isCut, ended };
}

const without = (some, others) => [...some].filter((each) => !others.has(each));
