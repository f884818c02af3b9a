/*
 * Holds what the SYN engine reads from ICMP against what the connect engine reads from the errno that Linux makes of
 * the same message: the state is the same, but for the few where ICMP knows better, and those are listed.
 */
import { describe, expect, test } from 'vitest';
import { readErrno } from '../../../../src/engine/errno.js';
import { Answer } from '../../../../src/engine/syn/answer.js';
import { readingOf } from '../../../../src/engine/verdicts.js';
import { icmpError, type Probe } from '../../../support/packets.js';

const V4: Probe = {
  target: '203.0.113.77',
  local: '198.51.100.1',
  port: 443,
  sourcePort: 61_001,
  cookie: 0x8000_0000,
};
const V6: Probe = { ...V4, target: '2001:db8::77', local: '2001:db8::1' };

function stateOf(probe: Probe, type: number, code: number): string {
  const packet = icmpError(probe, type, code);
  const answer = new Answer();
  if (!answer.read(packet, 0, packet.length)) return 'nothing';
  const reading = readingOf(answer.verdict)!;
  return `${reading.state}, ${reading.isFilteredIfHostAnswers ? 'filtered if the host answers' : 'for good'}`;
}

function stateOfErrno(code: string): string {
  const { state, isFilteredIfHostAnswers } = readErrno(code, 'wire');
  return `${state}, ${isFilteredIfHostAnswers ? 'filtered if the host answers' : 'for good'}`;
}

describe('the state is the one that connect() would have led to', () => {
  test.each<[number, number, string]>([
    [3, 0, 'ENETUNREACH'],
    [3, 1, 'EHOSTUNREACH'],
    [3, 2, 'ENOPROTOOPT'],
    [3, 3, 'ECONNREFUSED'],
    [3, 6, 'ENETUNREACH'],
    [3, 7, 'EHOSTDOWN'],
    [3, 11, 'ENETUNREACH'],
    [3, 12, 'EHOSTUNREACH'],
    [11, 0, 'EHOSTUNREACH'],
  ])('ICMP %i/%i: %s', (type, code, errno) => expect(stateOf(V4, type, code)).toBe(stateOfErrno(errno)));

  test.each<[number, number, string]>([
    [1, 0, 'ENETUNREACH'],
    [1, 1, 'EACCES'],
    [1, 3, 'EHOSTUNREACH'],
    [1, 4, 'ECONNREFUSED'],
    [1, 5, 'EACCES'],
    [1, 6, 'EACCES'],
    [3, 0, 'EHOSTUNREACH'],
  ])('ICMPv6 %i/%i: %s', (type, code, errno) => expect(stateOf(V6, type, code)).toBe(stateOfErrno(errno)));
});

describe('where Linux folds two meanings into one errno, ICMP is the more exact', () => {
  test.each([9, 10, 13, 14, 15])('ICMP 3/%i is a filter that says so', (code) => {
    expect(stateOf(V4, 3, code)).toBe('filtered, for good');
  });

  test.each<[string, Probe, number, number]>([
    ['a failed source route', V4, 3, 5],
    ['our own isolation', V4, 3, 8],
    ['the scope of our own address', V6, 1, 2],
  ])('%s leaves the port unknown', (_what, probe, type, code) => {
    expect(stateOf(probe, type, code)).toBe('unknown, filtered if the host answers');
  });
});

test('every other ICMP message says nothing', () => {
  const told = (probe: Probe, headerBytes: number): string[] => {
    const packet = icmpError(probe, 0, 0);
    const answer = new Answer();
    const heard: string[] = [];
    for (let type = 0; type < 256; type++) {
      for (let code = 0; code < 256; code++) {
        packet.set([type, code], headerBytes);
        if (answer.read(packet, 0, packet.length)) heard.push(`${type}/${code}`);
      }
    }
    return heard;
  };
  const codes = (last: number): number[] => Array.from({ length: last + 1 }, (_, code) => code);
  expect(told(V4, 20)).toEqual([
    ...codes(15)
      .filter((code) => code !== 4)
      .map((code) => `3/${code}`),
    '11/0',
  ]);
  expect(told(V6, 40)).toEqual([...codes(6).map((code) => `1/${code}`), '3/0']);
});
