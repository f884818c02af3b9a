/*
 * Runs for tests of the history: one declared port that goes down and comes back, looks at it at given hours, and the
 * historian after them.
 */
import { expect } from 'vitest';
import { moored } from './mooring.js';
import { openPort } from './net-harbour.js';
import { type Rooms, sail } from './rooms.js';

export const START = '2026-07-01T12:00:00Z';
export const HOUR_MS = 3_600_000;

const inventory = (port: number, schedule: string | null): string => `version: 1
owners: { ops: { name: Ops } }
hosts: [{ name: web, address: 127.0.66.1, owner: ops, ports: [{ port: ${port}, service: https, expect: open }] }]
audits:
${['watch', 'other']
  .map(
    (name) =>
      `  - { name: ${name}, hosts: all, ports: declared, ${schedule ? `${schedule}, ` : ''}timeoutMs: 200, retries: 0, confirm: { times: 0 } }\n`,
  )
  .join('')}`;

export function shippingOn(
  rooms: () => Rooms,
  clock: { (): Date; at(time: string): void; pass(ms: number): void },
  schedule: string | null,
) {
  /** A listener that the inventory declares, and how to let it go down and come back. */
  async function listener() {
    let up = await moored(openPort('127.0.66.1'));
    const { port } = up;
    await rooms().load(inventory(port, schedule));
    return {
      down: () => up.close(),
      async back() {
        up = await moored(openPort('127.0.66.1', undefined, port));
        expect(up.port).toBe(port);
      },
      port,
    };
  }
  return {
    listener,
    /** One that stays; its port. */
    standing: async (): Promise<number> => (await listener()).port,
    /** One look, so many hours after the start. */
    async look(hours: number, audit = 'watch'): Promise<string> {
      clock.at(new Date(new Date(START).getTime() + hours * HOUR_MS).toISOString());
      const id = await rooms().scheduler.runNow(audit);
      await sail(rooms(), clock);
      return id;
    },
    /** Works until there is nothing left to do; returns how many pieces of work there were. */
    async write(): Promise<number> {
      let done = 0;
      while ((await rooms().historian.workOnce()) > 0) done++;
      return done;
    },
  };
}
