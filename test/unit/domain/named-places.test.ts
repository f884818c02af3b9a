/* Where somebody says to look: every notation is taken, and every line that is none is told of. */
import { expect, it } from 'vitest';
import { parsePlaces } from '../../../src/domain/named-places.js';

it('takes addresses, blocks, ranges and names, in lines and between commas', () => {
  const text = `127.0.0.1
198.51.100.0/24, 203.0.113.1-20; 203.0.113.1 - 203.0.113.9
2001:db8::7 2001:db8::/64\r\n2001:db8::1-2001:db8::ff
WEB-1.example.test.  localhost web-1.example.test
`;
  expect(parsePlaces(text)).toEqual({
    addresses: [
      ...['127.0.0.1', '198.51.100.0/24', '203.0.113.1-20', '203.0.113.1-203.0.113.9'],
      ...['2001:db8::7', '2001:db8::/64', '2001:db8::1-2001:db8::ff'],
    ],
    names: ['web-1.example.test', 'localhost'],
    wrong: [],
  });
  expect(parsePlaces(' \n')).toEqual({ addresses: [], names: [], wrong: [] });
});

it.each([
  ['127.0.0.300', 'is no address and no name'],
  ['127.0.0.1/33', "'/33' in '127.0.0.1/33' is no prefix"],
  ['127.0.0.9-3', 'inverted'],
  ['127.0.0.1-::1', 'mixes IPv4 and IPv6'],
  ['2001:db8:::1', 'is no address'],
  ['fe80::1%eth0', 'is no address'],
  ['https://web.example.test/x', 'the address of a page'],
  ['web.example.test:443', 'a port'],
  ['[2001:db8::1]:443', 'a port'],
  ['-web.example.test', 'is no address'],
  ['a..b', 'is no address and no name'],
  ['<img/src=x>', 'is no address'],
])('says what is wrong with %s', (part, says) => {
  const { addresses, names, wrong } = parsePlaces(`127.0.0.1\n${part}`);
  expect([addresses, names]).toEqual([['127.0.0.1'], []]);
  expect(wrong).toEqual([expect.stringMatching(/^line 2: /)]);
  expect(wrong[0]).toContain(says);
});

it('tells of each line, and of twenty at most', () => {
  const { wrong } = parsePlaces(Array.from({ length: 30 }, (_, at) => `300.0.0.${at}`).join('\n'));
  expect(wrong).toHaveLength(21);
  expect([wrong[19], wrong[20]]).toEqual([expect.stringMatching(/^line 20: /), 'and 10 more']);
});
