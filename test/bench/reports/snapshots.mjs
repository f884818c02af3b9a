/*
 * Snapshots of runs that never were: every number is a function of a finding's number, so that two machines draw the same report.
 */
const SEVERITIES = ['critical', 'high', 'medium', 'low'];
const PORTS_A_HOST = 65_535;

const addressOf = (i) => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;

function finding(i, hosts) {
  const host = i % hosts;
  const isOpen = i % 10 !== 9;
  return {
    key: `${host}:${i}`,
    kind: isOpen ? 'unexpected-open' : 'unexpected-closed',
    ...{ host: `host-${host}`, address: addressOf(host + 1), port: 1024 + ((i * 487) % 60_000) },
    ...{ declared: isOpen ? 'undeclared' : 'open', observed: isOpen ? 'open' : 'closed' },
    ...{ service: i % 3 === 0 ? null : `service-${i % 7}`, owner: `team-${host % 20}` },
    ...{ severity: SEVERITIES[i % 4], severityReasons: [`the port is of class ${i % 5}`], state: 'open' },
    ...{ firstSeen: '2026-11-20T02:00:04.000Z', lastSeen: '2026-11-22T02:00:04.000Z' },
    evidence: `A TCP handshake was completed in ${((i % 90) + 1) / 10} ms, and again in 2 fresh looks 5 s apart.`,
    advice:
      'Find out what listens there. Stop it or block it; if it is wanted, declare it with an owner and a reason.',
    ...{ isNew: i % 50 === 0, acceptedUntil: null },
  };
}

const host = (i) => ({
  ...{ host: `host-${i}`, address: addressOf(i + 1), owner: `team-${i % 20}`, tags: ['web', 'pci'] },
  ...{
    verdict: 'drift',
    probed: PORTS_A_HOST,
    open: `22,443,8080,${9000 + (i % 50)}`,
    closed: '1-21,23-442',
  },
  ...{ filtered: '444-8079', unreachable: '', unknown: '', medianConnectMs: 0.4 },
});

export function snapshotOf({ findings, hosts, run = '17' }) {
  const probes = hosts * PORTS_A_HOST;
  return {
    format: 'portolan-report/1',
    ...{ title: 'Exposure audit', audit: 'nightly', run, verdict: findings > 0 ? 'drift' : 'clean' },
    because: `${findings} findings stand on ${hosts} hosts.`,
    coverage: { expected: probes, probed: probes, answered: probes, unknown: 0 },
    scopes: [{ name: 'all', allow: ['10.0.0.0/8'], exclude: [], authorisedBy: 'nobody', until: null }],
    findings: Array.from({ length: findings }, (_, i) => finding(i, hosts)),
    resolved: [],
    hosts: Array.from({ length: hosts }, (_, i) => host(i)),
    exceptions: [],
    owners: Array.from({ length: 20 }, (_, i) => ({ id: `team-${i}`, name: `Team ${i}`, email: null })),
    inventory: { path: 'inventory.yaml', sha256: '0'.repeat(64) },
    tool: { name: 'portolan', version: '1.0.0', engine: 'syn' },
    ...{ arguments: ['audit nightly'], ports: '1-65535', vantage: 'local' },
    ...{ startedAt: '2026-11-22T02:00:00.000Z', finishedAt: '2026-11-22T02:09:00.000Z' },
  };
}
