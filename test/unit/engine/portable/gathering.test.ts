import { expect, test } from 'vitest';
import { gathering } from '../../../../src/engine/portable/gathering.js';

const reset = { address: '127.0.0.1', state: 'closed', reason: 'reset' } as const;

test('ports of one address, state and reason become one observation', () => {
  let nowMs = 100;
  const found = gathering(() => nowMs++);
  for (const port of [3, 1, 2, 9]) found.add({ ...reset, port });
  found.add({ ...reset, address: '127.0.0.2', port: 1 });
  found.add({ ...reset, state: 'filtered', reason: 'silence', port: 4 });
  expect(found.size).toBe(6);
  const seen = found
    .takeAll()
    .map(({ address, ports, state, reason, at }) => [address, `${ports}`, state, reason, at]);
  expect(seen).toEqual([
    ['127.0.0.1', '1-3,9', 'closed', 'reset', 103],
    ['127.0.0.2', '1', 'closed', 'reset', 104],
    ['127.0.0.1', '4', 'filtered', 'silence', 105],
  ]);
  expect([found.size, found.takeAll()]).toEqual([0, []]);
});

test('open ports can be taken ahead, with their connect times', () => {
  const found = gathering(() => 7);
  found.add({ ...reset, port: 1 });
  found.add({ address: '::1', state: 'open', reason: 'handshake', port: 22, connectMs: 0.5 });
  expect(found.hasOpen).toBe(true);
  const [open, ...more] = found.takeOpen();
  expect([open?.address, `${open?.ports}`, open?.connectMs]).toEqual(['::1', '22', new Map([[22, 0.5]])]);
  expect([more, found.hasOpen, found.size]).toEqual([[], false, 1]);
  expect(found.takeAll()[0]).not.toHaveProperty('connectMs');
});
