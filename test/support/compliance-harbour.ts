/* What is declared in the harbour of compliance-facts.ts, and signed for. */
import type { FixedFacts, FixedFinding } from '../../src/domain/report/compliance/compliance-facts.js';
import type { SignedList } from '../../src/domain/report/compliance/reviewed.js';

export const HOSTS = ['web-1', 'web-2', 'db-1', 'mail-1'] as const;
export const PORTS = [443, 8443, 5432, 25] as const;

/** Signed for the shop, for all that is declared here. */
export const SIGNED: SignedList = {
  ...{ report: '31', owner: 'shop', by: 'Grace', comment: null },
  ...{ at: new Date('2026-11-20T09:00:00.000Z'), madeAt: new Date('2026-11-18T06:00:00.000Z') },
  services: HOSTS.map((host, at) => ({ host, service: null, ports: String(PORTS[at]) })),
};

export const fixedOf = (latest: readonly FixedFinding[]): FixedFacts => ({
  ...{ all: latest.length, byRun: latest.filter(({ run }) => run !== null).length, latest },
});
