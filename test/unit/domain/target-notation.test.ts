import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTargets, TargetSyntaxError } from '../../../src/domain/target-notation.js';

const addresses = (...texts: string[]): string => parseTargets(texts).addresses.toString();

describe('targets', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.0/24', '203.0.113.0/24'],
    ['203.0.113.1-20', '203.0.113.1-203.0.113.20'],
    ['203.0.113.1-203.0.113.20', '203.0.113.1-203.0.113.20'],
    ['203.0.113.*', '203.0.113.0/24'],
    ['203.0.113.-', '203.0.113.0/24'],
    ['203.0.113.250-', '203.0.113.250-203.0.113.255'],
    ['203.0.113.1,5-6', '203.0.113.1, 203.0.113.5-203.0.113.6'],
    ['198.51.100,101.0-255', '198.51.100.0/23'],
    ['10-11.*.*.*', '10.0.0.0/7'],
    ['0-255.0-255.0-255.0-255', '0.0.0.0/0'],
    ['10.0-1.0.1,5-9', '10.0.0.1, 10.0.0.5-10.0.0.9, 10.1.0.1, 10.1.0.5-10.1.0.9'],
    ['2001:db8::/64', '2001:db8::/64'],
    ['2001:db8::1', '2001:db8::1'],
    ['203.0.113.1,203.0.113.9', '203.0.113.1, 203.0.113.9'],
    ['203.0.113.1,2,2001:db8::1', '203.0.113.1-203.0.113.2, 2001:db8::1'],
  ])('%s are %s', (text, expected) => {
    expect(new Set(addresses(text).split(', '))).toEqual(new Set(expected.split(', ')));
  });

  test('several texts are put together, overlaps count once', () => {
    expect(addresses('203.0.113.0/25', '203.0.113.64-255')).toBe('203.0.113.0/24');
  });

  test('names are handed back unresolved, in lower case, once', () => {
    const targets = parseTargets(['Web.example.test.', 'localhost,203.0.113.7', 'web.example.test']);
    expect(targets.names).toEqual(['web.example.test', 'localhost']);
    expect(targets.addresses.toString()).toBe('203.0.113.7');
  });

  test.each([
    ['203.0.113.256', /'256' in '203.0.113.256' is out of range; expected 0 to 255/],
    ['203.0.113.9-3', /inverted; expected the lower number first/],
    ['203.0.113', /is no target; expected an address/],
    ['203.0.113.0/33', /expected \/0 to \/32/],
    ['2001:db8::/129', /expected \/0 to \/128/],
    ['fe80::1%eth0', /'fe80::1%eth0' is no address/],
    ['1.2.3.4.5', /is no target/],
    ['203.0.113.1,,2', /'' in '203.0.113.1,,2' is no part of an IPv4 address/],
    ['', /'' is no target/],
    ['-example.test', /'-example.test'|'' in '-example.test'/],
    ['web.example.test/24', /'web.example.test' in 'web.example.test\/24' is no address/],
    ['203.0.113.7;reboot', /is no target/],
    ['*.*.*.1', /16777216 separate stretches of addresses; expected at most 65536/],
  ])('%j is refused', (text, message) => {
    const parse = (): unknown => parseTargets([text]);
    expect(parse).toThrow(TargetSyntaxError);
    expect(parse).toThrow(message);
  });

  test('65,536 stretches are still read', () => {
    expect(parseTargets(['10.*.*.7']).addresses.size).toBe(65_536n);
  });

  test('an address is in the set exactly when each of its parts is in its part of the text', () => {
    const part = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 8 }));
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(part, part, part, part), fc.tuple(octet, octet, octet, octet), (parts, tried) => {
        const ranges = parts.map(([first, more]) => [first, Math.min(255, first + more)] as const);
        const text = ranges.map(([first, last]) => `${first}-${last}`).join('.');
        const inside = ranges.map(([first, last], i) => Math.min(last, Math.max(first, tried[i]!)));
        const set = parseTargets([text]).addresses;
        expect(set.has(inside.join('.'))).toBe(true);
        const isInside = ranges.every(([first, last], i) => tried[i]! >= first && tried[i]! <= last);
        expect(set.has(tried.join('.'))).toBe(isInside);
        expect(set.size).toBe(BigInt(ranges.reduce((n, [first, last]) => n * (last - first + 1), 1)));
      }),
      { numRuns: 50 },
    );
  });
});
