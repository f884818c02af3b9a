/*
 * People who click: each asks for one page after another, in an order of their own, without a pause between them, on a
 * connection that stays open. A page's time is from the question to the last byte.
 */
import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

const ROUNDS = 5;

/** @returns for each path its median and 95th percentile in ms, its size as sent, and how often it failed */
export async function clickThrough(url, paths, people) {
  const agent = new Agent({ keepAlive: true, maxSockets: people });
  const taken = new Map(paths.map((path) => [path, { ms: [], bytes: 0, failed: 0 }]));
  // The first call of a page waits for what is loaded once.
  for (const path of paths) await visit(agent, url, path, taken.get(path), false);
  await Promise.all(
    Array.from({ length: people }, async (_, who) => {
      for (let i = 0; i < ROUNDS * paths.length; i++) {
        const path = paths[(i * 7 + who * 5) % paths.length];
        await visit(agent, url, path, taken.get(path), true);
      }
    }),
  );
  agent.destroy();
  return paths.map((path) => {
    const { ms, bytes, failed } = taken.get(path);
    ms.sort((a, b) => a - b);
    const at = (share) => ms[Math.min(ms.length - 1, Math.floor(ms.length * share))];
    const kilobytes = Math.round(bytes / 1024);
    return { ...{ path, median: at(0.5), p95: at(0.95) }, ...{ kilobytes, calls: ms.length, failed } };
  });
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
