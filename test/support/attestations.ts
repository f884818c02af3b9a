/* Attestations of a small harbour: two owners, hosts of one and of nobody, what is overdue, and who signed before. */
import type { AttestationSnapshot } from '../../src/domain/report/attestation/attestation.js';
import {
  buildAttestation,
  type StandingFinding,
} from '../../src/domain/report/attestation/build-attestation.js';
import { ReportParameters } from '../../src/domain/report/parameters.js';
import { headOf } from '../../src/reports/kinds/report-asked.js';
import { inventoryOf } from './builders.js';

export const NOW = new Date('2026-11-22T12:00:00Z');
const INVENTORY = inventoryOf(`
owners: { platform: { name: Platform team, email: platform@example.test }, dba: { name: <b>DBA</b> } }
scopes: [{ name: home, allow: [127.0.0.0/8], authorisedBy: CISO }, { name: docks, allow: [198.51.100.0/24], authorisedBy: CISO }]
hosts:
  - name: web
    address: 127.0.0.10
    owner: platform
    tags: [web]
    ports:
      - { port: 443, service: https, expect: open, why: Shop front, requestedBy: Ann, approvedBy: CISO, reviewBy: 2026-11-21 }
      - { port: 5432, service: postgresql, expect: open, owner: dba, reviewBy: 2026-11-22 }
      - { port: 23, expect: closed }
  - { name: old, address: 198.51.100.7, ports: [{ port: 22, expect: open }] }
groups: [{ match: { tags: [web] }, ports: [{ port: 80, service: http, expect: open, why: Redirects }] }]
audits: [{ name: nightly, hosts: all, ports: 1-1000 }]
exceptions:
  - { host: web, ports: 8443, reason: Move, approvedBy: CISO, expires: 2026-11-21 }
  - { host: web, ports: 9000-9010, reason: Load test, approvedBy: CISO, expires: 2026-11-22 }
`);

const SIGNED: AttestationSnapshot['signed'] = ['dba', 'gone'].map((owner) => ({
  ...{
    owner,
    report: '7',
    by: 'Ann',
    at: '2026-08-01T10:00:00.000Z',
    statement: 'I have looked',
    comment: 'all well',
  },
  snapshotSha256: 'c'.repeat(64),
}));

export function attestationOf(
  findings: readonly StandingFinding[] = [],
  asked: Partial<ReportParameters> = {},
): AttestationSnapshot {
  const known = {
    id: '3',
    path: 'inventory.yaml',
    sha256: 'a'.repeat(64),
    loadedAt: NOW,
    inventory: INVENTORY,
  };
  const head = headOf(known, ReportParameters.parse({ kind: 'attestation', ...asked }), NOW);
  return buildAttestation({ ...head, runs: [] }, INVENTORY, findings, SIGNED);
}
