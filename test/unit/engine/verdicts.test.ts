import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as verdicts from '../../../src/engine/verdicts.js';

const { failureCode, isStronger, readingOf } = verdicts;
const { OPEN, CLOSED, PORT_UNREACHABLE, PROHIBITED, HOST_UNREACHABLE, NET_UNREACHABLE } = verdicts;
const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const NAMED: readonly number[] = Object.values(verdicts).filter((value) => typeof value === 'number');

/** What our own failures are called, where the list has them. */
const ERRNOS =
  'EMFILE ENFILE EADDRNOTAVAIL EAGAIN ENOBUFS ENOMEM ENETUNREACH EHOSTUNREACH EACCES EPERM ENETDOWN ENXIO ENODEV EINVAL EIO EMSGSIZE EAFNOSUPPORT EADDRINUSE'.split(
    ' ',
  );

describe('strength', () => {
  test('is a strict order: nothing beats itself, no two beat each other, and it carries over', () => {
    const beatenBy = BYTES.map((a) => BYTES.filter((b) => isStronger(a, b)));
    expect(BYTES.filter((a) => beatenBy[a]!.includes(a))).toEqual([]);
    for (const a of BYTES) {
      for (const b of beatenBy[a]!) {
        expect(isStronger(b, a)).toBe(false);
        // What does not beat the weaker is beaten by the stronger: transitive, ties included.
        expect(BYTES.filter((c) => !isStronger(c, b) && !isStronger(a, c))).toEqual([]);
      }
    }
  });

  test('ranks the host’s own word over ICMP, the nearer ICMP over the further, all over what no packet said', () => {
    const said = [OPEN, CLOSED, PORT_UNREACHABLE, PROHIBITED, HOST_UNREACHABLE, NET_UNREACHABLE];
    const unsaid = BYTES.filter((byte) => !said.includes(byte));
    said.forEach((verdict, place) => {
      const beaten = BYTES.filter((other) => isStronger(verdict, other));
      expect(beaten).toEqual([...said.slice(place + 1), ...unsaid].sort((a, b) => a - b));
    });
    expect(unsaid.filter((a) => BYTES.some((b) => isStronger(a, b)))).toEqual([]);
  });
});

describe('the reading', () => {
  test('is there for every verdict but waiting and passed over, and for no other byte below the failures', () => {
    const silent = [verdicts.WAITING, verdicts.PASSED_OVER];
    for (const byte of BYTES) {
      const isRead = byte >= failureCode(ERRNOS[0]!) || (NAMED.includes(byte) && !silent.includes(byte));
      expect([byte, readingOf(byte) !== null]).toEqual([byte, isRead]);
    }
  });

  test('of a failure that a newer list might have is a failure without a name', () => {
    for (const byte of [failureCode('unheard of') + 1, 63, 255]) {
      expect(readingOf(byte)).toEqual({ state: 'unknown', reason: 'EFAILED' });
    }
  });

  test('of no named verdict is another’s', () => {
    const words = NAMED.flatMap((byte) => readingOf(byte) ?? []).map(
      ({ state, reason }) => `${state} ${reason}`,
    );
    expect(new Set(words).size).toBe(NAMED.length - 2);
  });

  test.each([
    [OPEN, 'open handshake'],
    [CLOSED, 'closed reset'],
    [PORT_UNREACHABLE, 'closed port-unreachable'],
    [PROHIBITED, 'filtered prohibited'],
    [HOST_UNREACHABLE, 'unreachable host-unreachable, or filtered'],
    [verdicts.SILENCE, 'filtered silence'],
    [NET_UNREACHABLE, 'unknown ENETUNREACH, or filtered'],
    [verdicts.LOSSY, 'unknown lossy'],
    [verdicts.HOST_DEADLINE, 'unknown host-deadline'],
    [verdicts.SELF_CONNECT, 'closed self-connect'],
  ])('of verdict %i is %s', (verdict, meaning) => {
    const { state, reason, isFilteredIfHostAnswers } = readingOf(verdict)!;
    expect(`${state} ${reason}${isFilteredIfHostAnswers ? ', or filtered' : ''}`).toBe(meaning);
  });
});

describe('a failure of our own', () => {
  test('keeps its name, and makes the port unknown', () => {
    for (const name of ERRNOS)
      expect(readingOf(failureCode(name))).toEqual({ state: 'unknown', reason: name });
    expect(new Set(ERRNOS.map(failureCode)).size).toBe(ERRNOS.length);
  });

  test('that nobody has heard of is EFAILED, never another one’s name', () => {
    const unheard = fc
      .oneof(
        fc.string(),
        fc.constantFrom('errno 4095', 'ETIMEDOUT', 'constructor', '__proto__', 'length', ''),
      )
      .filter((name) => !ERRNOS.includes(name));
    fc.assert(
      fc.property(unheard, (name) => {
        expect(readingOf(failureCode(name))).toEqual({ state: 'unknown', reason: 'EFAILED' });
      }),
    );
  });

  test('is no verdict of another kind, and fits beside an index in a packed slice', () => {
    for (const name of [...ERRNOS, 'unheard of']) {
      expect(NAMED).not.toContain(failureCode(name));
      expect(failureCode(name)).toBeLessThan(64); // slice.ts
    }
  });
});
