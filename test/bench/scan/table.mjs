/*
 * What was measured, for people: a table a scenario as it ends, and one Markdown table of all for the README.
 *
 * A scanner that did not find everything shows how much it found, in its worst round, right beside its time: speed
 * without accuracy is worth nothing.
 */
import { kpps } from './ceiling.mjs';
import { SCANNERS } from './scanners.mjs';

/** @typedef {import('./bars.mjs').Sum} Sum */
/** @typedef {import('./bars.mjs').Verdict} Verdict */

/**
 * @typedef {object} Result
 * @property {string} key
 * @property {string} what
 * @property {Sum[]} sums
 * @property {Verdict[]} verdicts
 * @property {string[]} absent scanners that are not installed
 * @property {{ ours: number, theirs: number } | string} [rates] of the ceiling
 */

const COLUMNS = ['scanner', 'runs', 'wall s', 'CPU s', 'peak MB', 'found', 'invented', ''];
const PEERS = ['nmap', 'masscan', 'zmap'];

/** @param {Result} result */
export function resultText({ key, what, sums, verdicts, absent, rates }) {
  const rows = sums.length > 0 ? aligned([COLUMNS, ...sums.map(rowOf)]) : [];
  if (rates && typeof rates !== 'string')
    rows.push(`portolan ${kpps(rates.ours)}`, `C        ${kpps(rates.theirs)}`);
  const left = absent.map((name) => `left out: ${name} is not installed`);
  const bars = verdicts.map(
    ({ what: bar, measured, isMet }) => `${isMet ? 'met   ' : 'MISSED'} ${bar}: ${measured}`,
  );
  return [`\n${key}: ${what}`, ...[...rows, ...left, ...bars].map((line) => `  ${line}`)].join('\n');
}

function rowOf({ name, runs, wallMs, cpuMs, peakMegabytes, found, open, invented, scanMs, isCut, ended }) {
  const remarks = [
    ...(scanMs === undefined ? [] : [`the scan alone ${seconds(scanMs)} s`]),
    ...(isCut ? ['met the time limit'] : new Set(ended)),
  ];
  return [
    name,
    String(runs),
    `${isCut ? '> ' : ''}${seconds(wallMs)}`,
    seconds(cpuMs),
    peakMegabytes.toFixed(0),
    isCut ? '–' : `${found}/${open}`,
    isCut ? '–' : String(invented),
    remarks.join(', '),
  ];
}

/** The first column to the left, numbers to the right, remarks as they are. */
function aligned(rows) {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        if (column === 0) return cell.padEnd(widths[column]);
        return column === COLUMNS.length - 1 ? cell : cell.padStart(widths[column]);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** @param {Result[]} results */
export function markdown(results) {
  const head = ['scenario', 'portolan', ...PEERS, 'ratio'];
  const rows = results.map(markdownRow);
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function markdownRow({ key, what, sums, verdicts, rates }) {
  const ratio = verdicts.map(({ short }) => short).filter((short) => short !== '');
  if (rates) {
    const rate = typeof rates === 'string' ? '–' : kpps(rates.ours);
    return [`**${key}** ${what}`, rate, ...PEERS.map(() => '–'), ratio.join(', ') || '–'];
  }
  const cells = ['portolan', ...PEERS].map((program) => {
    const played = sums.filter(({ name }) => SCANNERS[name].program === program);
    return played.map((sum) => markdownCell(sum, program)).join('; ') || '–';
  });
  return [`**${key}** ${what}`, ...cells, ratio.join(', ') || '–'];
}

function markdownCell({ name, wallMs, isCut, found, open, invented }, program) {
  const variant = name === program ? '' : `${name.slice(program.length + 1)} `;
  const time = `${variant}${isCut ? '> ' : ''}${seconds(wallMs)} s`;
  const recall = isCut || found === open ? '' : `, ${found} of ${open}`;
  return `${time}${recall}${invented > 0 ? `, ${invented} invented` : ''}`;
}

const seconds = (ms) => (ms >= 100_000 ? (ms / 1000).toFixed(0) : (ms / 1000).toFixed(2));
