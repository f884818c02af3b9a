/*
 * People who watch an audit while it runs: each holds the stream of its page open. The audit looks at ports of loopback
 * addresses at a fixed rate; it is run without viewers and with them in turn, so that whatever else the machine does falls on both.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveOn } from './serving.mjs';

const INVENTORY = `version: 1
hosts:
  - { name: quay, address: 127.0.71.1 }
  - { name: pier, address: 127.0.71.2 }
audits:
  - { name: watch, hosts: all, ports: 1-65535, ratePerSecond: 8000, confirm: { times: 0, afterMs: 0 } }
`;
const POLL_MS = 50;

/** @returns how long each run took, in ms; the event loop's delay while watched; how many messages the viewers were sent */
export async function watchAudit({ viewers, rounds }) {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-bench-watch-'));
  const inventory = join(folder, 'inventory.yaml');
  await writeFile(inventory, INVENTORY);
  const service = await serveOn({ inventory });
  const [alone, watched] = [[], []];
  let told = 0;
  let delayMs = 0;
  try {
    await runOnce(service.url, 0); // What is loaded once is loaded now.
    for (let round = 0; round < rounds; round++) {
      alone.push((await runOnce(service.url, 0)).tookMs);
      await delayOf(service.url); // What it says is since it was asked last.
      const run = await runOnce(service.url, viewers);
      watched.push(run.tookMs);
      told += run.told;
      delayMs = Math.max(delayMs, await delayOf(service.url));
    }
  } finally {
    await service.end();
    await rm(folder, { recursive: true, force: true });
  }
  return { alone, watched, told, delayMs };
}

async function runOnce(url, viewers) {
  const from = performance.now();
  const asked = await fetch(`${url}/audits/watch/run`, { method: 'POST', redirect: 'manual' });
  const path = asked.headers.get('location');
  const agent = new Agent({ maxSockets: viewers });
  let told = 0;
  const streams = Array.from({ length: viewers }, () => {
    const stream = request(`${url}${path}/progress`, { agent, headers: { accept: 'text/event-stream' } });
    stream.on('response', (answer) => {
      if (answer.statusCode !== 200) throw new Error(`a viewer was answered ${answer.statusCode}`);
      answer.on('data', () => told++);
    });
    return stream.on('error', () => undefined).end();
  });
  const isOver = async () => /"verdict":"/.test(await (await fetch(`${url}/api/v1${path}`)).text());
  while (!(await isOver())) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  for (const stream of streams) stream.destroy();
  agent.destroy();
  return { tookMs: performance.now() - from, told };
}

/** Since the service's figures were asked for last. */
export async function delayOf(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text);
  if (!found) throw new Error('the service does not say how late its event loop is');
  return Number(found[1]) * 1000;
}
