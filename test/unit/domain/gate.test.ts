import { describe, expect, test } from 'vitest';
import { type CanarySeen, decideFailures, decideGate } from '../../../src/domain/gate.js';
import type { PortState } from '../../../src/domain/observation.js';
import { seen } from '../../support/builders.js';

const one = (
  kind: CanarySeen['kind'],
  expectation: CanarySeen['expect'],
  state: PortState,
  address = '127.0.0.1',
): CanarySeen => ({ kind, address, port: 7, expect: expectation, state });

const OWN = [one('own', 'open', 'open'), one('own', 'closed', 'closed')];

describe('the gate holds', () => {
  test('where our own ports are seen as they are', () => {
    expect(decideGate(OWN)).toBeNull();
  });

  test('where one of the canaries that are known to be open answers, and none that is closed does', () => {
    const named = [one('named', 'open', 'open'), one('named', 'open', 'filtered', '127.0.0.2')];
    expect(decideGate([...OWN, ...named, one('named', 'closed', 'filtered')])).toBeNull();
    expect(decideGate([...OWN, ...named, one('named', 'closed', 'closed')])).toBeNull();
  });

  test('where of many hosts one answers, if only by refusing', () => {
    const silent = [2, 3, 4].map((host) => one('met', 'open', 'filtered', `127.0.0.${host}`));
    expect(decideGate([...OWN, ...silent, one('met', 'open', 'closed', '127.0.0.5')])).toBeNull();
  });

  test('where one or two hosts are down: that is for a finding to say', () => {
    const down = [2, 3].map((host) => one('met', 'open', 'unreachable', `127.0.0.${host}`));
    expect(decideGate([...OWN, ...down])).toBeNull();
  });
});

test('a canary that is named and answers shows the way out, however many hosts are down', () => {
  const silent = [2, 3, 4, 5].map((host) => one('met', 'open', 'filtered', `127.0.0.${host}`));
  expect(decideGate([...OWN, ...silent, one('named', 'open', 'open')])).toBeNull();
});

describe('the gate does not hold', () => {
  test.each([
    ['open', 'filtered'],
    ['open', 'closed'],
    ['open', 'unknown'],
    ['closed', 'open'],
    ['closed', 'filtered'],
  ] as const)('where our own %s port is seen as %s', (expectation, state) => {
    const others = OWN.filter((own) => own.expect !== expectation);
    expect(decideGate([...others, one('own', expectation, state)])).toBe(
      `the scanner did not see its own ${expectation} port, 127.0.0.1:7: it was ${state}`,
    );
  });

  test('where no canary that is known to be open answers', () => {
    const named = [one('named', 'open', 'filtered'), one('named', 'open', 'closed', '::1')];
    expect(decideGate([...OWN, ...named])).toBe(
      'no canary that is known to be open answers: 127.0.0.1:7, [::1]:7',
    );
  });

  test('where a canary that is known to be closed says open, as behind a proxy that answers for everything', () => {
    expect(decideGate([...OWN, one('named', 'closed', 'open')])).toMatch('known to be closed, says open');
  });

  test('where none of several hosts answers any more: it is the way out', () => {
    const silent = [2, 3, 4, 5, 6].map((host) => one('met', 'open', 'filtered', `127.0.0.${host}`));
    expect(decideGate([...OWN, ...silent])).toBe(
      'none of the 5 hosts that answered the last run answers now: 127.0.0.2, 127.0.0.3, 127.0.0.4 and 2 more',
    );
  });

  test('where nothing at all was seen', () => {
    expect(decideGate(OWN.map((own) => ({ ...own, state: 'unknown' as const })))).not.toBeNull();
  });
});

describe('failures of our own', () => {
  const failed = seen('127.0.0.1', { unknown: '1-100', open: '200-1199' });

  test('are borne up to a twentieth of the probes', () => {
    expect(decideFailures([failed], 2000)).toBeNull();
    expect(decideFailures([failed], 1999)).toBe(
      '100 of 1,999 probes failed for reasons of our own, most of them with EMFILE',
    );
    expect(decideFailures([], 0)).toBeNull();
    expect(decideFailures([seen('127.0.0.1', { unknown: '1-19' })], 19)).toBeNull();
  });

  test('are not what the path or the host did', () => {
    const silent = { ...failed, reasons: new Map([['lossy', failed.unknown]]) };
    expect(decideFailures([silent], 100)).toBeNull();
  });
});
