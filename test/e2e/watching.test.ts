/*
 * The built service, watched from outside as an operator does it: it is alive, then ready, tells Prometheus of its audits,
 * and sends its heartbeat.
 */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { portolan, start, stop } from '../support/program.js';

test('it is alive at once and ready within seconds, and its heartbeat is heard', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-watching-'));
  const listener = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const heard = once(listener, 'request');
  const inventory = join(folder, 'inventory.yaml');
  await writeFile(
    inventory,
    `version: 1
hosts: [{ name: one, address: 127.0.64.2 }]
audits: [{ name: ${JSON.stringify('say-"quick"')}, hosts: all, ports: "7" }]
`,
  );
  const service = start(['serve'], {
    env: {
      PORTOLAN_LISTEN: '127.0.0.1:0',
      PORTOLAN_DATA: join(folder, 'data'),
      PORTOLAN_INVENTORY: inventory,
      PORTOLAN_HEARTBEAT_URL: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/ping`,
    },
  });
  try {
    const url = (await service.printed(/"url":"(http:[^"]+)"/))[1]!;
    const status = async (path: string): Promise<number> => (await fetch(url + path)).status;
    expect(await status('/health/live')).toBe(200);
    await expect.poll(() => status('/health/ready'), { timeout: 60_000 }).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      String.raw`portolan_runs_total{audit="say-\"quick\"",verdict="clean"} 0`,
    );
    const [{ method, url: asked }] = await heard;
    expect([method, asked]).toEqual(['GET', '/ping']);
    await service.printed(/"version":"1","by":null,"msg":"an inventory was applied"/);
    expect(await stop(service)).toMatchObject({ code: 0, stderr: '' });
  } finally {
    service.child.kill('SIGKILL');
    await service.ended;
    listener.closeAllConnections();
    await new Promise((resolve) => listener.close(resolve));
    await rm(folder, { recursive: true, force: true });
  }
});

test('a heartbeat’s address that can’t be asked is refused by name, and not repeated', async () => {
  const env = { PORTOLAN_HEARTBEAT_URL: 'ftp://127.0.0.1/secret' };
  const { code, stderr } = await portolan(['serve'], { env });
  expect(code).toBe(2);
  expect(stderr).toMatch(/PORTOLAN_HEARTBEAT_URL: expected http:/);
  expect(stderr).not.toContain('secret');
});
