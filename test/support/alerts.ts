/* Alerts as the service makes them, for tests of what becomes of them on their way out. */
import type { Alert, AlertFinding } from '../../src/domain/alert.js';
import type { Channel, Receiver } from '../../src/domain/receiver.js';

export const findingOf = (some: Partial<AlertFinding>): AlertFinding => ({
  id: '5f1c9f8e-1111-4222-8333-444455556666',
  kind: 'unexpected-open',
  severity: 'critical',
  state: 'open',
  host: 'atlas',
  address: '203.0.113.7',
  port: 22,
  service: 'ssh',
  owner: 'crane-team',
  declared: 'closed',
  observed: 'open',
  evidence: 'it was declared closed, and answered',
  advice: 'Close the port, or declare it.',
  since: '2026-07-01T12:00:00.000Z',
  dueAt: null,
  url: 'https://portolan.example/findings/5f1c9f8e',
  ...some,
});

export const alertOf = (some: Partial<Alert>): Alert => ({
  key: 'alert-0001',
  thread: 'group-crane-team-1',
  cause: 'opened',
  severity: 'critical',
  title: 'Two drifts have been found at crane-team',
  findings: [findingOf({}), findingOf({ severity: 'low', port: 8080, service: null })],
  total: 2,
  counts: { critical: 1, high: 0, medium: 0, low: 1 },
  because: 'the route at inventory.yml:12 matches it',
  audit: 'nightly',
  url: 'https://portolan.example/findings?group=7',
  at: '2026-07-01T12:05:00.000Z',
  isOver: false,
  ...some,
});

const PLACE = { file: 'inventory.yml', line: 3, column: 5 };

export function receiverOf<T extends Channel['type']>(
  channel: Channel & { readonly type: T },
  details = true,
): Receiver & { readonly type: T } {
  return { ...channel, name: 'crane-chat', details, digest: null, place: PLACE } as Receiver & {
    readonly type: T;
  };
}
