import { describe, expect, test } from 'vitest';
import { type Origin, readErrno } from '../../../src/engine/errno.js';

describe('what an errno says of a port', () => {
  test.each<[string, Origin, string, string]>([
    ['ECONNREFUSED', 'wire', 'closed', 'reset'],
    ['ECONNREFUSED', 'call', 'closed', 'reset'],
    ['ECONNRESET', 'wire', 'open', 'handshake'],
    ['EPIPE', 'wire', 'open', 'handshake'],
    ['ETIMEDOUT', 'wire', 'filtered', 'silence'],
    ['ENOPROTOOPT', 'wire', 'filtered', 'prohibited'],
    ['EACCES', 'wire', 'filtered', 'prohibited'],
    ['EHOSTUNREACH', 'wire', 'unreachable', 'host-unreachable'],
    ['EHOSTDOWN', 'wire', 'unreachable', 'host-unreachable'],
    ['ENETUNREACH', 'wire', 'unknown', 'ENETUNREACH'],
    ['ENETUNREACH', 'call', 'unknown', 'ENETUNREACH'],
    ['EHOSTUNREACH', 'call', 'unknown', 'EHOSTUNREACH'],
    ['EACCES', 'call', 'unknown', 'EACCES'],
    ['EPERM', 'call', 'unknown', 'EPERM'],
    ['EPERM', 'wire', 'unknown', 'EPERM'],
    ['EINVAL', 'call', 'unknown', 'EINVAL'],
    ['ENETDOWN', 'call', 'unknown', 'ENETDOWN'],
    ['ENETDOWN', 'wire', 'unknown', 'ENETDOWN'],
    ['EAFNOSUPPORT', 'call', 'unknown', 'EAFNOSUPPORT'],
    ['Unknown system error -117', 'wire', 'unknown', 'Unknown system error -117'],
  ])('%s from the %s is %s, %s', (code, origin, state, reason) => {
    const reading = readErrno(code, origin);
    expect([reading.state, reading.reason, reading.isPressure]).toEqual([state, reason, undefined]);
  });

  test.each(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'EAGAIN', 'ENOBUFS', 'ENOMEM'])(
    '%s is a shortage of ours, to be tried again, and unknown in the end',
    (code) => {
      for (const origin of ['call', 'wire'] as const) {
        expect(readErrno(code, origin)).toEqual({ state: 'unknown', reason: code, isPressure: true });
      }
    },
  );

  test('only what may be a filter in front of a living host is read by its company', () => {
    const codes = [
      'EHOSTUNREACH',
      'ENETUNREACH',
      'EHOSTDOWN',
      'ECONNREFUSED',
      'EACCES',
      'ETIMEDOUT',
      'EMFILE',
    ];
    const doubtful = codes.filter((code) => readErrno(code, 'wire').isFilteredIfHostAnswers);
    expect(doubtful).toEqual(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN']);
    expect(codes.filter((code) => readErrno(code, 'call').isFilteredIfHostAnswers)).toEqual([]);
  });
});
