/*
 * A few hosts on loopback, and what is true of them, as this harness knows it: it opens the ports itself. On each host one
 * port is as declared, one is open that nobody declared, one is declared and refuses, and some are shut as they should be.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HarbourPort, openPort, refusingPort } from '../../support/net-harbour.js';

export const AUDIT = 'small';

export interface SmallHarbour {
  /** The inventory's file. */
  readonly file: string;
  readonly hosts: number;
  /** The keys of the findings that there are to be, in order. */
  readonly drifts: readonly string[];
  close(): Promise<void>;
}

export interface Wanted {
  /** The third number of its addresses: each scenario has its own. */
  readonly net: number;
  readonly hosts: number;
  readonly ports: number;
  /** What the audit says beyond its hosts and ports, as lines of YAML. */
  readonly audit: readonly string[];
}

export async function smallHarbour({ net, hosts, ports, audit }: Wanted): Promise<SmallHarbour> {
  const open: HarbourPort[] = [];
  const lines: string[] = [];
  const drifts: string[] = [];
  const probed = new Set<number>();
  for (let i = 1; i <= hosts; i++) {
    const address = `127.9.${net}.${i}`;
    const [declared, rogue] = [await openPort(address), await openPort(address)];
    open.push(declared, rogue);
    const missing = await refusingPort(address);
    lines.push(
      `  - { name: h${i}, address: ${address}, owner: ops, ports: [{ ports: [${declared.port}, ${missing}], expect: open }] }`,
    );
    drifts.push(
      `unexpected-closed|local|${address}|${missing}`,
      `unexpected-open|local|${address}|${rogue.port}`,
    );
    for (const port of [declared.port, rogue.port, missing]) probed.add(port);
  }
  // The audit looks at all of them on every host; what is left are ports that were free a moment ago.
  while (probed.size < ports) probed.add(await refusingPort(`127.9.${net}.1`));
  const folder = await mkdtemp(join(tmpdir(), 'portolan-chaos-'));
  const file = join(folder, 'inventory.yaml');
  await writeFile(
    file,
    `version: 1
owners: { ops: { name: Operations } }
hosts:
${lines.join('\n')}
audits:
  - name: ${AUDIT}
    hosts: all
    ports: "${[...probed].join(',')}"
${audit.map((line) => `    ${line}\n`).join('')}`,
  );
  return {
    file,
    hosts,
    drifts: drifts.sort(),
    async close() {
      for (const port of open) await port.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
