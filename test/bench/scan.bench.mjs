/*
 * Portolan beside nmap, masscan and zmap: the same targets in the same minutes, in network namespaces of this machine.
 *
 *   npm run bench -- scan [--only A,B] [--rounds 5] [--short] [--markdown] [--json FILE]
 *
 * `--short` is two rounds with small limits; its times say little, its recall much. Nothing it sends leaves the machine.
 * Needs root, ip and nft; the peers are left out where they are not installed (apt install nmap masscan zmap).
 */
// node: no flags. It only starts processes and waits for them, which takes more than one thread.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { missingForLab } from '../lab/support/network.mjs';
import { judge, sumUp } from './scan/bars.mjs';
import { CEILING, judgeCeiling, measureCeiling } from './scan/ceiling.mjs';
import { play } from './scan/rounds.mjs';
import { isInstalled, SCANNERS } from './scan/scanners.mjs';
import { scenarios } from './scan/scenarios.mjs';
import { markdown, resultText } from './scan/table.mjs';

const LONG = { rounds: 5, limitMs: 120_000 };
const SHORT = { rounds: 2, limitMs: 30_000 };

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string' },
    short: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

function refuse(why) {
  console.error(why);
  process.exit(2);
}

/** What is to be played, in order; refuses a name that is none. */
function chosen() {
  const all = scenarios({ isShort: values.short });
  const keys = [...all.map(({ key }) => key), CEILING];
  const wanted = values.only?.split(',') ?? keys;
  const stranger = wanted.find((key) => !keys.includes(key));
  if (stranger !== undefined) refuse(`--only ${stranger}: expected some of ${keys.join(',')}`);
  return { played: all.filter(({ key }) => wanted.includes(key)), hasCeiling: wanted.includes(CEILING) };
}

async function playOne(scenario, terms) {
  const { key, what, open, scanners } = scenario;
  const runs = await play(scenario, terms);
  const sums = [...runs].map(([name, each]) => sumUp(name, each, open.length));
  const absent = new Set(scanners.map((name) => SCANNERS[name].program).filter((name) => !isInstalled(name)));
  return { key, what, sums, verdicts: judge(scenario, sums), absent: [...absent] };
}

async function ceiling(terms) {
  const rates = await measureCeiling(terms);
  const what = 'packets a second, to a /16 that drops everything';
  return { key: CEILING, what, sums: [], absent: [], rates, verdicts: judgeCeiling(rates) };
}

async function benchAll(terms) {
  const { played, hasCeiling } = chosen();
  const results = [];
  const tell = (result) => {
    console.log(resultText(result));
    results.push(result);
  };
  for (const scenario of played) tell(await playOne(scenario, terms));
  if (hasCeiling) tell(await ceiling(terms));
  return results;
}

function report(results) {
  if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  if (values.markdown) console.log(`\n${markdown(results)}`);
  const missed = results.flatMap(({ key, verdicts }) =>
    verdicts.filter(({ isMet }) => !isMet).map(({ what, measured }) => `${key}: ${what}: ${measured}`),
  );
  console.log(missed.length > 0 ? `\nMISSED\n  ${missed.join('\n  ')}` : '\nevery bar is met');
  process.exitCode = missed.length > 0 ? 1 : 0;
}

const missing = missingForLab();
if (missing !== null) refuse(`the scan bench ${missing}`);
const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const terms = values.short ? SHORT : LONG;
const rounds = values.rounds === undefined ? terms.rounds : Number(values.rounds);
if (!(rounds >= 1)) refuse(`--rounds ${values.rounds}: expected a number from 1 on`);
report(await benchAll({ ...terms, rounds, folder, say: (line) => console.log(line) }));
