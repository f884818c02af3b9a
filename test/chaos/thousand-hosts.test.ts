/*
 * Many hosts whose truth this harness has made: `portolan audit` finds every drift that there is, and none that is not.
 * Precision and recall are counted by key, against the seeded truth, and not against anything that the product says.
 *
 * The trap is a listener of somebody else's on every address: ports are taken only where 0.0.0.0 was free a moment ago.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startUntilReady } from '../lab/support/network.mjs';
import { openPort } from '../support/net-harbour.js';
import { portolan } from '../support/program.js';
import { inForm, seconds, seeded, seedOf, tell } from './support/form.js';

const HOSTS = inForm({ short: 100, long: 1000 });
const DECLARED = 3;
const PORTS = 24;
const MISSING = 0.1;
/** Of the ports that nobody declared. */
const ROGUE = 0.02;
/** Below what the kernel gives to connections by itself. */
const PORTS_FROM = { first: 12_000, choices: 18_000 };
const LISTENER = new URL('../lab/support/listener.mjs', import.meta.url).pathname;

const folder = mkdtempSync(join(tmpdir(), 'portolan-chaos-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Truth {
  readonly listening: Array<{ host: string; port: number; manner: 'quiet' }>;
  readonly hosts: string[];
  readonly drifts: Set<string>;
}

async function freePorts(random: () => number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < PORTS) {
    const port = PORTS_FROM.first + Math.floor(random() * PORTS_FROM.choices);
    const isFree = await openPort('0.0.0.0', undefined, port).then(
      ({ close }) => close().then(() => true),
      () => false,
    );
    if (isFree) ports.add(port);
  }
  return [...ports];
}

/** Of each host's ports the first few, from a place of its own on, are declared. */
function makeTruth(ports: readonly number[], random: () => number): Truth {
  const truth: Truth = { listening: [], hosts: [], drifts: new Set() };
  for (let i = 0; i < HOSTS; i++) {
    const address = `127.8.${Math.floor(i / 250)}.${1 + (i % 250)}`;
    const from = Math.floor(random() * PORTS);
    const turned = [...ports.slice(from), ...ports.slice(0, from)];
    const declared = turned.slice(0, DECLARED);
    truth.hosts.push(
      `  - { name: h${i}, address: ${address}, owner: ops, ports: [{ ports: [${declared.join(', ')}], expect: open }] }`,
    );
    turned.forEach((port, place) => {
      const isDeclared = place < DECLARED;
      const isOpen = isDeclared ? random() >= MISSING : random() < ROGUE;
      if (isOpen) truth.listening.push({ host: address, port, manner: 'quiet' });
      if (isOpen !== isDeclared)
        truth.drifts.add(`${isOpen ? 'unexpected-open' : 'unexpected-closed'}|local|${address}|${port}`);
    });
  }
  return truth;
}

test(`on ${HOSTS} hosts, precision and recall of the findings are 100 %`, async () => {
  const random = seeded(seedOf(`${HOSTS} hosts`));
  const ports = await freePorts(random);
  const truth = makeTruth(ports, random);
  const [list, inventory] = [join(folder, 'listening.json'), join(folder, 'inventory.yaml')];
  writeFileSync(list, JSON.stringify(truth.listening));
  writeFileSync(
    inventory,
    `version: 1
owners: { ops: { name: Operations } }
hosts:
${truth.hosts.join('\n')}
audits: [{ name: all, hosts: all, ports: "${ports.join(',')}", confirm: { times: 1, afterMs: 500 } }]
`,
  );
  const listener = await startUntilReady([process.execPath, LISTENER, list]);
  try {
    const startedMs = performance.now();
    const { code, stdout, stderr } = await portolan(['audit', inventory, '--json']);
    const tookMs = performance.now() - startedMs;
    expect(stderr).toBe('');
    const told = JSON.parse(stdout) as {
      verdict: string;
      coverage: object;
      findings: Array<{ key: string; state: string }>;
    };
    const found = told.findings.map(({ key }) => key);
    const right = new Set(found.filter((key) => truth.drifts.has(key)));
    const percent = (of: number): string => `${((100 * right.size) / of).toFixed(2)} %`;
    tell(
      `${HOSTS} hosts`,
      `${truth.drifts.size} drifts, precision ${percent(found.length)}, recall ${percent(truth.drifts.size)}, ${seconds(tookMs)}`,
    );
    expect(found.filter((key) => !truth.drifts.has(key))).toEqual([]);
    expect([...truth.drifts].filter((key) => !right.has(key))).toEqual([]);
    expect(found).toHaveLength(truth.drifts.size);
    expect(truth.drifts.size).toBeGreaterThan(HOSTS / 2);
    expect(told.findings.filter(({ state }) => state !== 'open')).toEqual([]);
    const expected = HOSTS * PORTS;
    expect([code, told.verdict]).toEqual([1, 'drift']);
    expect(told.coverage).toEqual({ expected, probed: expected, answered: expected, unknown: 0 });
  } finally {
    listener.kill('SIGKILL');
  }
});
