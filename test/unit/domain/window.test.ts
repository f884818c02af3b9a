import { describe, expect, test } from 'vitest';
import { blackoutOf, muting, nextBlackout, spellAt } from '../../../src/domain/window.js';
import { inventoryOf } from '../../support/builders.js';

const TEXT = `
hosts:
  - { name: web-1, address: 127.0.0.1, tags: [web] }
  - { name: db-1, address: 127.0.0.2 }
audits:
  - { name: nightly, hosts: all, ports: "22" }
  - { name: watch, hosts: all, ports: "22" }
windows:
  - { name: freeze, kind: blackout, from: 2026-12-24 18:00, until: 2026-12-27, timezone: Europe/Berlin, audits: [nightly] }
  - { name: patching, kind: maintenance, schedule: "0 22 * * 2", lasts: 4h, timezone: Europe/Berlin, hosts: { tags: [web] } }
  - { name: backup, kind: blackout, schedule: "0 1 * * *", lasts: 30m, hosts: { names: [db-1] } }
`;
const { windows, hosts, audits } = inventoryOf(TEXT);
const [freeze, patching] = windows as [(typeof windows)[0], (typeof windows)[0]];
const [web, db] = hosts as [(typeof hosts)[0], (typeof hosts)[0]];
const [nightly, watch] = audits as [(typeof audits)[0], (typeof audits)[0]];

describe('a window that comes once', () => {
  test('lasts from its first instant to before its last one, in its own zone', () => {
    expect(spellAt(freeze, new Date('2026-12-24T16:59:59Z'))).toBeNull();
    expect(spellAt(freeze, new Date('2026-12-24T17:00:00Z'))?.until.toISOString()).toBe(
      '2026-12-26T23:00:00.000Z',
    );
    expect(spellAt(freeze, new Date('2026-12-26T22:59:59Z'))).not.toBeNull();
    expect(spellAt(freeze, new Date('2026-12-26T23:00:00Z'))).toBeNull();
  });
});

describe('a window that comes again', () => {
  test('lasts as long as it is said to, in real time, over a change of the clock too', () => {
    // Tuesdays: the 24th in winter time, the 20th of October in summer time.
    expect(spellAt(patching, new Date('2026-11-24T21:00:00Z'))?.from.toISOString()).toBe(
      '2026-11-24T21:00:00.000Z',
    );
    expect(spellAt(patching, new Date('2026-11-25T00:59:59Z'))).not.toBeNull();
    expect(spellAt(patching, new Date('2026-11-25T01:00:00Z'))).toBeNull();
    expect(spellAt(patching, new Date('2026-10-20T20:00:00Z'))?.from.toISOString()).toBe(
      '2026-10-20T20:00:00.000Z',
    );
    expect(spellAt(patching, new Date('2026-11-26T21:30:00Z'))).toBeNull();
  });
});

describe('a blackout', () => {
  const christmas = new Date('2026-12-25T12:00:00Z');

  test('holds the audits that it names, and no others', () => {
    expect(blackoutOf(windows, nightly, christmas)?.window.name).toBe('freeze');
    expect(blackoutOf(windows, watch, christmas)).toBeNull();
    expect(blackoutOf(windows, nightly, new Date('2026-12-20T01:10:00Z'))).toBeNull();
  });

  test('of hosts interrupts every audit, as nobody knows which of them looks there', () => {
    const noon = new Date('2026-12-24T12:00:00Z');
    expect(nextBlackout(windows, nightly, noon)?.toISOString()).toBe('2026-12-24T17:00:00.000Z');
    expect(nextBlackout(windows, watch, noon)?.toISOString()).toBe('2026-12-25T01:00:00.000Z');
  });
});

describe('maintenance', () => {
  const tuesday = new Date('2026-11-24T22:00:00Z');

  test('mutes its hosts, and nothing else', () => {
    expect(muting(windows, { host: web }, tuesday)?.window.name).toBe('patching');
    expect(muting(windows, { host: db }, tuesday)).toBeNull();
    expect(muting(windows, { audit: nightly }, tuesday)).toBeNull();
    expect(muting(windows, { host: web }, new Date('2026-11-24T12:00:00Z'))).toBeNull();
  });
});
