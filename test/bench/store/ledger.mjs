/*
 * The ledger with a million rows that it does not have yet: how fast it takes them in where nobody wants anything, what it leaves to
 * others while somebody does, and how fast all of it is checked. Beside each figure what this process held: memory, the longest that
 * nobody else had a turn, and the longest statement.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { LedgerKeeper } from '../../../dist/src/ledger/ledger-keeper.js';
import { LedgerVerifier } from '../../../dist/src/ledger/ledger-verifier.js';
import { ask } from './pages.mjs';

/** Promises of the keeper while it is not alone. */
const SHARE_MOST = 10;
const STATEMENT_MOST_MS = 50;
const TURN_MOST_MS = 50;
const POLITE_MS = 60_000;
/** As platform/loop.ts waits where a room has done nothing. */
const IDLE_MS = 250;

const SEED = (rows) => `
insert into run (audit, due_at, trigger, inventory_version_id, vantage, state, verdict, because, coverage, started_at, finished_at)
select 'nightly', '2026-01-01T02:00:00Z'::timestamptz + run * interval '1 day', 'schedule', 1, 'local', 'finished', 'drift', 'a bench', '{}', now(), now()
from generate_series(1, 365) as run;
insert into ledger_due (source, row_id) select 'run', id from run order by id;
insert into finding (key, kind, host, address, port, declared, observed, severity, severity_reasons, evidence, state, confirmations,
  first_seen, last_seen, opened_at, reopened, looks, turns, evidence_at)
select 'unexpected-open|local|10.0.0.1|' || port, 'unexpected-open', 'host', '10.0.0.1', port, 'undeclared', 'open', 'high', '[]', 'a bench',
  'open', 1, now(), now(), now(), 0, '1', '[]', now() from generate_series(1, 10000) as port;
insert into finding_event (finding_id, run_id, at, actor, from_state, to_state, why)
select (select min(id) from finding) + step % 10000, (select min(id) from run) + step % 365, '2026-01-01T02:00:00Z'::timestamptz + step * interval '30 seconds',
  'run ' || step % 365, 'suspected', 'open', 'confirmed by 1 fresh look: the handshake completed in 3.2 ms'
from generate_series(1, ${Math.floor(rows * 0.9)}) as step;
insert into audit_log (at, actor, action, outcome)
select '2026-01-01T02:00:00Z'::timestamptz + step * interval '5 minutes', 'ada', 'POST /findings/acknowledge', 'done'
from generate_series(1, ${Math.ceil(rows * 0.1)}) as step;`;

/** @param rows how many there are to take in */
export async function measureLedger(rooms, bounds, rows) {
  await rooms.script(SEED(rows));
  await rooms.query('analyze');
  await rooms.app.listen(0, '127.0.0.1');
  const url = await rooms.app.getUrl();
  const keeper = rooms.app.get(LedgerKeeper);
  await ask(url, '/findings', 3);
  const alone = await ask(url, '/findings');
  console.log('\n taking in, while somebody asks for pages');
  await politely(rooms, keeper, { url, alone }, bounds);
  console.log('\n taking in the rest, while nobody asks');
  // Whoever has asked last is forgotten after some seconds.
  await pause(6000);
  await freely(rooms, keeper, bounds);
  console.log('\n checking all of it');
  await checking(rooms, bounds);
}

async function politely(rooms, keeper, { url, alone }, bounds) {
  const watch = new Watch(rooms.source);
  const from = performance.now();
  let isOver = false;
  const asking = (async () => {
    const took = [];
    while (!isOver) {
      const askedMs = performance.now();
      await (await fetch(`${url}/findings`)).text();
      took.push(performance.now() - askedMs);
      await pause(100);
    }
    return took.sort((a, b) => a - b);
  })();
  let [rows, workedMs] = [0, 0];
  while (performance.now() - from < POLITE_MS) {
    const bitMs = performance.now();
    const done = await keeper.workOnce();
    rows += done;
    if (done > 0) workedMs += performance.now() - bitMs;
    else await pause(IDLE_MS);
  }
  const passedMs = performance.now() - from;
  isOver = true;
  const took = await asking;
  bounds.line('share of the time at work', (100 * workedMs) / passedMs, SHARE_MOST, '%');
  bounds.line('rows a second', (rows * 1000) / passedMs, null, 'rows');
  const at = (share) => took[Math.floor(took.length * share)];
  const before = `without it ${Math.round(alone.median)} and ${Math.round(alone.p95)} ms`;
  bounds.line('a page meanwhile, median', at(0.5), null, 'ms', `p95 ${Math.round(at(0.95))} ms; ${before}`);
  watch.tell(bounds, STATEMENT_MOST_MS);
}

async function freely(rooms, keeper, bounds) {
  const watch = new Watch(rooms.source);
  const from = performance.now();
  let rows = 0;
  for (let done = 1; done > 0; rows += done) done = await keeper.workOnce();
  bounds.line('rows', rows, null, 'rows');
  bounds.line('rows a second', (rows * 1000) / (performance.now() - from), null, 'rows');
  watch.tell(bounds, STATEMENT_MOST_MS);
}

async function checking(rooms, bounds) {
  const verifier = rooms.app.get(LedgerVerifier);
  const watch = new Watch(rooms.source);
  const from = performance.now();
  let [rows, entries, troubles] = [0, 0, 0];
  for (let after = { seq: 0, hash: '0'.repeat(64) }; ; ) {
    const part = await verifier.part(after);
    rows += part.rows;
    entries += part.entries;
    troubles += part.troubles.length;
    after = part.standing;
    if (part.isLast) break;
  }
  const seconds = (performance.now() - from) / 1000;
  bounds.line('rows', rows, null, 'rows', `${entries.toLocaleString('en')} entries`);
  bounds.line('rows a second', rows / seconds, null, 'rows', `${seconds.toFixed(1)} s in all`);
  bounds.line('troubles found', troubles, 0, '');
  watch.tell(bounds, STATEMENT_MOST_MS);
}

/** What this process takes from its making on. */
class Watch {
  constructor(source) {
    this.longest = { ms: 0, query: '' };
    this.cpu = process.cpuUsage();
    this.from = performance.now();
    this.delay = monitorEventLoopDelay({ resolution: 1 });
    this.delay.enable();
    this.mostBytes = 0;
    this.looking = setInterval(() => {
      this.mostBytes = Math.max(this.mostBytes, process.memoryUsage.rss());
    }, 100);
    // Each statement is slow to whoever wants to hear of all.
    source.driver.options.maxQueryExecutionTime = 0.001;
    const logSlow = (ms, query) => {
      if (ms > this.longest.ms) this.longest = { ms, query };
    };
    source.logger = new Proxy({}, { get: (_, name) => (name === 'logQuerySlow' ? logSlow : () => {}) });
  }

  tell(bounds, statementMostMs) {
    clearInterval(this.looking);
    this.delay.disable();
    const { user, system } = process.cpuUsage(this.cpu);
    const share = (user + system) / 10 / (performance.now() - this.from);
    bounds.line('this process, of one core', share, null, '%');
    bounds.line('its memory at most', this.mostBytes / 2 ** 20, null, 'MB');
    bounds.line(
      'longest without a turn',
      this.delay.max / 1e6,
      TURN_MOST_MS,
      'ms',
      `p99 ${(this.delay.percentile(99) / 1e6).toFixed(1)} ms`,
    );
    const { ms, query } = this.longest;
    bounds.line('longest statement', ms, statementMostMs, 'ms', query.replace(/\s+/g, ' ').slice(0, 60));
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
