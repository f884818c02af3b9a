/* What a silence fits, and for how long it holds beside windows and other silences. */
import { describe, expect, it } from 'vitest';
import type { Routed } from '../../../src/domain/routing.js';
import { fitsEverything, hushing, type Silence, type SilenceMatch } from '../../../src/domain/silence.js';
import { inventoryOf } from '../../support/builders.js';

const INVENTORY = inventoryOf(`hosts:
  - { name: web, address: 127.0.0.1, tags: [pci] }
  - { name: db, address: 127.0.0.2 }
windows: [{ name: patching, kind: maintenance, from: 2026-11-02, until: 2026-11-03, hosts: { names: [web] } }]
`);
const NOON = new Date('2026-11-01T12:00:00Z');
const hours = (count: number): Date => new Date(NOON.getTime() + count * 3_600_000);
const NOTHING: SilenceMatch = {
  ...{ hosts: [], owners: [], kinds: [], severities: [], tags: [], vantages: [], audits: [], receivers: [] },
};
const silence = (id: string, until: Date, match: Partial<SilenceMatch>): Silence => ({
  ...{ id, until, match: { ...NOTHING, ...match } },
});
const FINDING: Routed = {
  ...{ owner: 'shop', severity: 'high', kind: 'unexpected-open', host: 'web' },
  ...{ vantage: 'local', audit: 'nightly' },
};

const heldBy = (silences: Silence[], { finding = FINDING, to = 'pager', at = NOON } = {}) =>
  hushing(INVENTORY, silences)(finding, to, at)?.by ?? null;

describe('a silence', () => {
  it.each<[Partial<SilenceMatch>, boolean]>([
    [{ hosts: ['web'] }, true],
    [{ hosts: ['db'] }, false],
    [{ owners: ['shop', 'dba'], severities: ['high'] }, true],
    [{ owners: ['shop'], severities: ['low'] }, false],
    [{ tags: ['pci'] }, true],
    [{ tags: ['db'] }, false],
    [{ kinds: ['host-down'] }, false],
    [{ audits: ['nightly'], vantages: ['local'] }, true],
    [{ receivers: ['pager'] }, true],
    [{ receivers: ['chat'] }, false],
  ])('of %j fits: %s', (match, fits) => {
    expect(heldBy([silence('4', hours(1), match)])).toBe(fits ? 'silence 4' : null);
  });

  it('holds until its end, and not at it', () => {
    const one = silence('4', hours(1), { hosts: ['web'] });
    expect(hushing(INVENTORY, [one])(FINDING, 'pager', NOON)).toEqual({
      ...{ until: hours(1), by: 'silence 4', silence: '4' },
    });
    expect(heldBy([one], { at: hours(1) })).toBeNull();
  });

  it('gives way to whatever holds longer', () => {
    const short = silence('4', hours(1), { hosts: ['web'] });
    const long = silence('5', hours(3), { owners: ['shop'] });
    expect([heldBy([short, long]), heldBy([long, short])]).toEqual(['silence 5', 'silence 5']);
    const at = new Date('2026-11-02T12:00:00Z');
    const beyond = (until: string) => silence('6', new Date(until), { hosts: ['web'] });
    expect(heldBy([beyond('2026-11-02T13:00:00Z')], { at })).toBe('the window patching');
    expect(heldBy([beyond('2026-11-04T00:00:00Z')], { at })).toBe('silence 6');
  });

  it('of nothing in particular is one of everything', () => {
    expect([fitsEverything(NOTHING), fitsEverything({ ...NOTHING, hosts: ['web'] })]).toEqual([true, false]);
  });
});
