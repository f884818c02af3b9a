/* What a sender is given to send by: nothing that reaches anybody, unless a test says so. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GuardedSockets } from '../../src/alerts/guarded-connect.js';
import type { SenderTools } from '../../src/alerts/sender.js';

export const NEVER_STOPPED = new AbortController().signal;

export function senderTools(given: Partial<SenderTools> = {}): SenderTools {
  return {
    http: { post: async () => ({ ok: false, why: 'no test sends this by HTTP', isFinal: true }) },
    connect: new GuardedSockets(new Set()),
    mail: {
      url: null,
      folder: join(tmpdir(), 'portolan-unused'),
      from: 'portolan@harbour.test',
      operators: [],
    },
    now: () => new Date('2026-07-01T12:05:00Z'),
    ...given,
  };
}
