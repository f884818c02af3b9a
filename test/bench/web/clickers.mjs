/*
 * People who click: each asks for one page after another, in an order of their own, on a connection that stays open, and looks at
 * each for about a second, which is less than anybody reads. A page's time is from the question to the last byte. Without
 * pauses the same people are a load, which says how many pages a second the service can make.
 */
import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

const ROUNDS = 5;
/** Between two clicks: from half of it to one and a half. */
const LOOK_MS = 1000;

/** @returns for each path its median and 95th percentile in ms, its size as sent, and how often it failed; pages a second */
export async function clickThrough(url, paths, people, lookMs = LOOK_MS) {
  const agent = new Agent({ keepAlive: true, maxSockets: people });
  const taken = new Map(paths.map((path) => [path, { ms: [], bytes: 0, failed: 0 }]));
  // The first call of a page waits for what is loaded once.
  for (const path of paths) await visit(agent, url, path, taken.get(path), false);
  // With no divisor in common, so that everybody comes to every page.
  const step = [7, 11, 13].find((one) => paths.length % one > 0);
  const from = performance.now();
  await Promise.all(
    Array.from({ length: people }, async (_, who) => {
      if (lookMs > 0) await pause((lookMs * who) / people);
      for (let i = 0; i < ROUNDS * paths.length; i++) {
        const path = paths[(i * step + who * 5) % paths.length];
        await visit(agent, url, path, taken.get(path), true);
        if (lookMs > 0) await pause(lookMs * (0.5 + ((i * 7 + who * 3) % 11) / 10));
      }
    }),
  );
  const perSecond = (people * ROUNDS * paths.length * 1000) / (performance.now() - from);
  agent.destroy();
  const pages = paths.map((path) => {
    const { ms, bytes, failed } = taken.get(path);
    ms.sort((a, b) => a - b);
    const at = (share) => ms[Math.min(ms.length - 1, Math.floor(ms.length * share))];
    const kilobytes = Math.round(bytes / 1024);
    return { ...{ path, median: at(0.5), p95: at(0.95) }, ...{ kilobytes, calls: ms.length, failed } };
  });
  return { pages, perSecond };
}

function visit(agent, url, path, into, counts) {
  return new Promise((resolve, reject) => {
    const from = performance.now();
    const headers = { accept: 'text/html', 'accept-encoding': 'br, gzip' };
    request(url + path, { agent, headers }, async (answer) => {
      const body = await buffer(answer);
      if (counts) into.ms.push(performance.now() - from);
      into.bytes = body.length;
      if (answer.statusCode !== 200) into.failed++;
      resolve();
    })
      .on('error', reject)
      .end();
  });
}
