/*
 * `portolan audit` over a network that fails it, in namespaces: packets are lost, a firewall goes silent half-way, there
 * is no route. It never says clean, and it says no drift of a port that is as declared: silence is not evidence.
 *
 * There is one true drift on each host, so that where the network lets the answers through, clean would be a lie as well.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressesOf, HOSTS, listen, setConditions } from '../lab/support/hosts.mjs';
import { describeLab, packetsIn, until, watch } from '../lab/support/lab.js';
import { makeNetwork, type Network } from '../lab/support/network.mjs';
import { type Running, start } from '../support/program.js';
import { isLong, tell } from './support/form.js';

/** The lab's host that loses packets. */
const { v4: LOSSY } = addressesOf(HOSTS.lossy);
/** Another one, plain, beyond the same firewall: the canary. */
const { v4: PLAIN } = addressesOf(HOSTS.refusing);
const DECLARED = Array.from({ length: 20 }, (_, i) => 1000 + i * 10);
const ROGUE = 2005;
const MISSING = 2010;
const CANARY = 22;

const TRUE_DRIFTS = [
  `unexpected-closed|local|${LOSSY}|${MISSING}`,
  `unexpected-open|local|${LOSSY}|${ROGUE}`,
];

const folder = mkdtempSync(join(tmpdir(), 'portolan-chaos-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One look, one attempt: what is left between a lost packet and a false drift is the engine's own judgement. */
const IMPATIENT = 'timeoutMs: 300, retries: 0, confirm: { times: 0 }';
const CANARIES = `vantages: [{ name: local, canaries: [{ address: ${PLAIN}, port: ${CANARY}, expect: open }] }]\n`;

/** @param audit the ports and the patience of the audit; @param more sections of the inventory */
function written(audit: string, more = ''): string {
  const file = join(folder, 'inventory.yaml');
  writeFileSync(
    file,
    `version: 1
owners: { ops: { name: Operations } }
scopes: [{ name: lab, allow: [10.79.0.0/24], authorisedBy: the lab }]
${more}hosts:
  - { name: lossy, address: ${LOSSY}, owner: ops, ports: [{ ports: [${[...DECLARED, MISSING].join(', ')}], expect: open }] }
audits: [{ name: lab, hosts: all, ${audit} }]
`,
  );
  return file;
}

interface Told {
  readonly verdict: string;
  readonly because: string;
  readonly coverage: { expected: number; probed: number; answered: number; unknown: number };
  readonly findings: Array<{ key: string; kind: string; state: string }>;
}

describeLab('in the lab, an audit', () => {
  let network: Network;
  beforeAll(async () => {
    network = await makeNetwork();
    const listening = [
      ...[...DECLARED, ROGUE].map((port) => ({ host: LOSSY, port, manner: 'quiet' as const })),
      { host: PLAIN, port: CANARY, manner: 'quiet' as const },
    ];
    setConditions(network, {});
    await listen(network, listening, folder);
  });
  afterAll(() => network?.remove());

  const audit = (file: string): Running =>
    start(['audit', file, '--json'], {
      by: network.inside(network.scanner, []),
      env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    });

  /** Never clean; and of the drifts that it opens, each is true. */
  async function check(what: string, running: Running): Promise<Told> {
    const { code, stdout, stderr } = await running.ended;
    expect([0, null], `${code}: ${stderr}`).not.toContain(code);
    const told = JSON.parse(stdout) as Told;
    const { expected, answered, unknown } = told.coverage;
    const keys = told.findings.filter(({ state }) => state === 'open').map(({ key }) => key);
    const wrong = keys.filter((key) => !TRUE_DRIFTS.includes(key));
    tell(
      what,
      `${told.verdict}, ${keys.length - wrong.length} of ${TRUE_DRIFTS.length} drifts, ${wrong.length} false, ${answered} of ${expected} answered, ${unknown} unknown`,
    );
    expect(told.verdict).not.toBe('clean');
    expect(wrong).toEqual([]);
    return told;
  }

  /** The network as it is has both drifts in it, and nothing else. */
  test('over a network that works finds both drifts', async () => {
    setConditions(network, {});
    const told = await check('a network that works', audit(written('ports: "1000-2100", timing: near')));
    expect(told.findings.map(({ key }) => key).sort()).toEqual(TRUE_DRIFTS);
    expect(told.verdict).toBe('drift');
  });

  test.each(isLong ? [5, 30] : [30])(
    'over one that loses %d % each way says nothing that is not so',
    async (percent) => {
      setConditions(network, { lossPerMille: percent * 10 });
      const ports = [...DECLARED, MISSING, ROGUE, ...DECLARED.map((port) => port + 1)];
      const file = written(`ports: "${ports.join(',')}", ${IMPATIENT}`);
      await check(`${percent} % loss each way`, audit(file));
      setConditions(network, {});
    },
  );

  test.each(
    isLong
      ? [
          ['a canary', CANARIES],
          ['no canary', ''],
        ]
      : [],
  )(
    'through a firewall that goes silent half-way, with %s beyond it, is inconclusive',
    async (beyond, more) => {
      setConditions(network, {});
      watch(network, LOSSY);
      const running = audit(written('ports: "1-3000", ratePerSecond: 500, timeoutMs: 500', more));
      const isHalfWay = (): boolean => packetsIn(network, 'watched') > 1500;
      await until('half of the packets', () => isHalfWay() || running.child.exitCode !== null);
      expect(running.child.exitCode).toBe(null);
      network.run(network.target, ['nft', '-f', '-'], SILENCE);
      try {
        const told = await check(`a firewall that goes silent half-way, with ${beyond} beyond it`, running);
        expect(told.verdict).toBe('inconclusive');
        // The canary is silent as well: then nobody is even suspected.
        if (more !== '') expect([told.findings, told.coverage.answered]).toEqual([[], 0]);
      } finally {
        network.run(network.target, ['nft', 'delete', 'table', 'netdev', 'silence']);
      }
    },
  );

  test('without a route judges nobody', async () => {
    setConditions(network, {});
    network.run(network.scanner, ['ip', 'route', 'del', 'default']);
    const told = await check('no route', audit(written('ports: "1000-2100", timeoutMs: 500')));
    expect(told).toMatchObject({ verdict: 'inconclusive', findings: [] });
    expect(told.coverage.answered).toBe(0);
    network.run(network.scanner, ['ip', 'route', 'add', 'default', 'via', '10.77.0.2']);
  });
});

const SILENCE = `table netdev silence {
  chain arriving {
    type filter hook ingress device v0 priority -20; policy accept;
    ip daddr 10.79.0.0/24 drop
  }
}
`;
