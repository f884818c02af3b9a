/* What a host has said decides whether canaries are due, also where only a part of it is left to probe. */
import { expect, it } from 'vitest';
import { heardFrom } from '../../../src/domain/heard.js';
import { observe } from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { seen } from '../../support/builders.js';

it('hosts are heard to say open, and cleared by anything else', () => {
  const told = observe(seen('127.0.0.6', { open: '1' }), {
    ...{ address: '127.0.0.6', ports: PortSet.of(40_000), state: 'open', reason: 'canary', at: 1 },
  });
  const { open, cleared } = heardFrom([
    seen('127.0.0.1', { open: '1' }),
    seen('127.0.0.2', { closed: '1' }),
    seen('127.0.0.3', { open: '1', filtered: '2' }),
    seen('127.0.0.4', { unknown: '1' }),
    seen('127.0.0.5', { unreachable: '1' }),
    told,
  ]);
  expect([`${open}`, `${cleared}`]).toEqual([
    '127.0.0.1, 127.0.0.3, 127.0.0.6',
    '127.0.0.2/31, 127.0.0.5-127.0.0.6',
  ]);
});
