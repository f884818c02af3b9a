import { expect, test } from 'vitest';
import { doubts } from '../../../src/engine/doubts.js';
import { readErrno } from '../../../src/engine/errno.js';

const HOST = '203.0.113.1';
const UNREACHABLE = readErrno('EHOSTUNREACH', 'wire');

test('a host of which nothing answers is unreachable', () => {
  expect(doubts().read(HOST, 80, UNREACHABLE)).toBe(UNREACHABLE);
});

test('once the host answers, its unreachable ports are filtered, the earlier and the later ones', () => {
  const doubt = doubts();
  doubt.read(HOST, 80, UNREACHABLE);
  doubt.read(HOST, 81, readErrno('ENETUNREACH', 'wire'));
  doubt.read('203.0.113.2', 80, UNREACHABLE);
  const { ports, reading } = doubt.answered(HOST);
  expect(ports).toEqual([80, 81]);
  expect([reading.state, reading.reason]).toEqual(['filtered', 'prohibited']);
  expect(doubt.read(HOST, 82, UNREACHABLE).state).toBe('filtered');
  expect(doubt.read('203.0.113.2', 82, UNREACHABLE).state).toBe('unreachable');
  expect(doubt.answered(HOST).ports).toEqual([]);
});

test('our own failure is never read as a filter', () => {
  const doubt = doubts();
  doubt.answered(HOST);
  expect(doubt.read(HOST, 80, readErrno('ENETUNREACH', 'call')).state).toBe('unknown');
});

test('beyond what it remembers the weaker word stands', () => {
  const doubt = doubts(1);
  doubt.read(HOST, 80, UNREACHABLE);
  doubt.read(HOST, 81, UNREACHABLE);
  expect(doubt.answered(HOST).ports).toEqual([80]);
});
