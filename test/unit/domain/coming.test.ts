/* What is still to come: an audit's slots with what stands against them, and a window's spells. */
import { describe, expect, it } from 'vitest';
import { comingSlots, nextStart } from '../../../src/domain/agenda.js';
import { comingSpells } from '../../../src/domain/window.js';
import { inventoryOf } from '../../support/builders.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const of = (audit: string, windows = '[]') => {
  const inventory = inventoryOf(`hosts: [{ name: a, address: 127.0.0.1 }]
audits: [{ name: one, hosts: all, ports: declared, ${audit} }]
windows: ${windows}`);
  return { audit: inventory.audits[0]!, windows: inventory.windows };
};
const text = (at: Date | null): string | null => at?.toISOString() ?? null;

describe('slots to come', () => {
  it('are so many as asked for, in their order, in the audit’s own zone over a change of the clock', () => {
    const { audit, windows } = of('schedule: "30 2 * * *", timezone: Europe/Berlin');
    const slots = comingSlots(audit, windows, new Date('2026-10-24T12:00:00Z'), 3);
    expect(slots.map(({ dueAt }) => text(dueAt))).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
      '2026-10-27T01:30:00.000Z',
    ]);
  });

  it('say which blackout they are in; the next start passes over it', () => {
    const { audit, windows } = of(
      'schedule: "0 14 * * *"',
      '[{ name: still, kind: blackout, audits: [one], from: 2026-11-22T13:00, until: 2026-11-24T13:00 }]',
    );
    const slots = comingSlots(audit, windows, NOW, 3);
    expect(slots.map(({ blackout }) => blackout?.window.name ?? null)).toEqual(['still', 'still', null]);
    expect(text(nextStart(audit, windows, NOW))).toBe('2026-11-24T14:00:00.000Z');
  });

  it('begin with their jitter, and one that has come but not begun is still to come', () => {
    const { audit, windows } = of('every: 1h, jitter: 30m');
    const [first] = comingSlots(audit, windows, NOW, 1);
    const late = first!.startAt.getTime() - first!.dueAt.getTime();
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(30 * 60_000);
    expect(first!.startAt > NOW).toBe(true);
    const just = new Date(first!.startAt.getTime() - 1);
    expect(comingSlots(audit, windows, just, 1)[0]!.dueAt).toEqual(first!.dueAt);
  });

  it('are none without a schedule', () => {
    const { audit, windows } = of('retries: 1');
    expect(comingSlots(audit, windows, NOW, 10)).toEqual([]);
    expect(nextStart(audit, windows, NOW)).toBeNull();
  });
});

describe('spells to come', () => {
  const spells = (window: string, most = 3) =>
    comingSpells(of('retries: 1', `[{ name: w, kind: maintenance, ${window} }]`).windows[0]!, NOW, most).map(
      ({ from, until }) => `${text(from)} ${text(until)}`,
    );

  it('of a window that comes again are the next ones, not the one that holds', () => {
    expect(spells('schedule: "0 11 * * *", lasts: 3h', 2)).toEqual([
      '2026-11-23T11:00:00.000Z 2026-11-23T14:00:00.000Z',
      '2026-11-24T11:00:00.000Z 2026-11-24T14:00:00.000Z',
    ]);
  });

  it('of a window that comes once are one, and none once it has begun', () => {
    expect(spells('from: 2026-12-24T18:00, until: 2026-12-27T06:00')).toEqual([
      '2026-12-24T18:00:00.000Z 2026-12-27T06:00:00.000Z',
    ]);
    expect(spells('from: 2026-11-22T11:00, until: 2026-12-27T06:00')).toEqual([]);
  });
});
