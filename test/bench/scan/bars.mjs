/*
 * From the runs of a scenario to what they come to, and whether each bar is met.
 *
 * Times are medians; recall, inventions and memory are those of the worst round. A peer that met its time limit counts
 * with the limit: its ratio is a lower bound, and a bar that only a longer wait could show is missed.
 */

/**
 * @typedef {object} Sum
 * @property {string} name
 * @property {number} runs
 * @property {number} wallMs
 * @property {number} cpuMs
 * @property {number} peakMegabytes
 * @property {number} found in the worst round
 * @property {number} open how many there are
 * @property {number} invented in all rounds
 * @property {number} [scanMs]
 * @property {boolean} isCut
 * @property {string[]} ended how it ended where it did not end well
 */

/** @typedef {{ what: string, measured: string, isMet: boolean, short: string }} Verdict */

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * @param {string} name
 * @param {import('./rounds.mjs').Run[]} runs
 * @param {number} open
 * @returns {Sum}
 */
export function sumUp(name, runs, open) {
  const of = (field) => runs.map((run) => run[field]);
  const isCut = runs.some((run) => run.isCut);
  return {
    name,
    runs: runs.length,
    wallMs: isCut ? Math.max(...of('wallMs')) : median(of('wallMs')),
    cpuMs: median(of('cpuMs')),
    peakMegabytes: Math.max(...of('peakMegabytes')),
    found: Math.min(...of('found')),
    open,
    invented: of('invented').reduce((sum, count) => sum + count, 0),
    ...(runs[0].scanMs === undefined ? {} : { scanMs: median(of('scanMs')) }),
    isCut,
    ended: of('ended').filter((how) => how !== ''),
  };
}

/**
 * @param {import('./scenarios.mjs').Scenario} scenario
 * @param {Sum[]} sums
 * @returns {Verdict[]}
 */
export function judge(scenario, sums) {
  const ours = sums.find(({ name }) => name === scenario.scanners[0]);
  const peers = sums.filter((sum) => sum !== ours);
  return [truthful(ours), ...scenario.bars.map((bar) => JUDGES[bar.kind](bar, ours, peers))];
}

function truthful({ runs, found, open, invented, ended }) {
  const isMet = found === open && invented === 0 && ended.length === 0;
  const troubles = ended.length > 0 ? `, ended badly: ${ended.join(', ')}` : '';
  const measured = `at worst ${found} of ${open}, ${invented} invented${troubles}`;
  return { what: `all open ports and no others, in each of ${runs} runs`, measured, isMet, short: '' };
}

const isWhole = ({ found, open, invented, isCut }) => found === open && invented === 0 && !isCut;
const absent = (what) => ({ what, measured: 'not measured: no such peer', isMet: true, short: '' });

const JUDGES = {
  faster({ than, bound }, ours, peers) {
    const what = `≥ ${bound} × as fast as ${than === 'best' ? 'the best that found everything' : than}`;
    const rival = than === 'best' ? best(peers) : peers.find(({ name }) => name === than);
    if (!rival) return absent(what);
    const ratio = rival.wallMs / ours.wallMs;
    const about = `${rival.isCut ? '> ' : ''}${ratio.toFixed(2)} ×`;
    return {
      what,
      measured: `${about} (${rival.name})`,
      isMet: ratio >= bound,
      short: `${about} ${rival.name}`,
    };
  },
  phase({ than, bound }, ours, peers) {
    const what = `the scan alone in ≤ ${bound} of ${than}'s time`;
    const rival = peers.find(({ name }) => name === than);
    if (!rival) return absent(what);
    const share = ours.scanMs / rival.wallMs;
    return {
      what,
      measured: `${share.toFixed(2)} (${Math.round(ours.scanMs)} ms)`,
      isMet: share <= bound,
      short: '',
    };
  },
  memory({ bound }, ours) {
    const measured = `${Math.round(ours.peakMegabytes)} MB`;
    return {
      what: `≤ ${bound} MB at its peak`,
      measured,
      isMet: ours.peakMegabytes <= bound,
      short: measured,
    };
  },
};

/** The fastest that found everything; where all who might have were cut, the first of those. */
function best(peers) {
  const byTime = [...peers].sort((a, b) => a.wallMs - b.wallMs);
  return byTime.find(isWhole) ?? byTime.find(({ isCut }) => isCut);
}
