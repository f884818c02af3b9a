/*
 * How every combinator ends, whatever breaks and whenever: promptly, with the error that was the cause, and with the
 * engines below it stopped.
 */
import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../src/domain/address-set.js';
import type { Observation } from '../../../src/domain/observation.js';
import type { ScanPlan } from '../../../src/domain/scan-plan.js';
import { withCanaries } from '../../../src/engine/canaries.js';
import { Confluence } from '../../../src/engine/confluence.js';
import type { Engine } from '../../../src/engine/engine.js';
import { withFragile } from '../../../src/engine/fragile.js';
import { stillThere } from '../../../src/engine/still-there.js';
import { verifying } from '../../../src/engine/verify.js';
import {
  type FakeEngine,
  failing,
  fakeEngine,
  SAID,
  scanPlan,
  slow,
  target,
} from '../../support/fake-engine.js';

const STRONG = '203.0.113.1';
const TARPIT = '203.0.113.2';
const WEAK = '203.0.113.3';
const PROMPTLY_MS = 1000;

type Combinator = (main: Engine, handshake: Engine) => Engine;

const both: Combinator = (main, handshake) =>
  async function* together(plan, signal, watch) {
    const flow = new Confluence<Observation>(signal);
    flow.add(main(plan, flow.signal, watch));
    flow.add(handshake(plan, flow.signal));
    yield* flow;
  };

const COMBINATORS: ReadonlyArray<readonly [string, Combinator]> = [
  ['Confluence', both],
  ['verifying', verifying],
  ['withCanaries', withCanaries],
  ['withFragile', withFragile],
  ['stillThere', stillThere],
  [
    'all of them',
    (main, handshake) =>
      withCanaries(withFragile(stillThere(verifying(main, handshake), handshake), handshake), handshake),
  ],
];

/** Something for each of them: SYN-ACKs, a host that says open to everything, silence after an answer, a fragile host. */
const PLAN: ScanPlan = scanPlan([target(`${STRONG}-3`, '1-40')], {
  verify: true,
  fragile: AddressSet.parse(WEAK),
});

interface World {
  readonly main: FakeEngine;
  readonly handshake: FakeEngine;
}

const world = (): World => ({
  main: fakeEngine((address, port) => {
    if (address === TARPIT || port % 4 === 0) return SAID.synAck;
    return port % 4 === 1 ? SAID.closed : SAID.silent;
  }),
  handshake: fakeEngine((_, port) => (port % 8 === 0 ? SAID.closed : SAID.open)),
});

/** Handshakes go on for longer than the engine, or end before it does. */
const PACES: ReadonlyArray<readonly [string, (engine: Engine) => Engine]> = [
  ['slow', slow],
  ['quick', (engine) => engine],
];

const running = ({ main, handshake }: World): number => main.running + handshake.running;

/** The same, but an error where it takes too long: a deadlock is no time-out of the test's. */
async function promptly<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it hangs')), PROMPTLY_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function read(scan: ReturnType<Engine>, onEach: (nth: number) => 'go on' | 'leave'): Promise<number> {
  let nth = 0;
  for await (const _ of scan) if (onEach(++nth) === 'leave') break;
  return nth;
}

const goOn = () => 'go on' as const;
const MOMENTS = [1, 3, 7, 41, 90, 119];

const CASES = COMBINATORS.flatMap(([name, combine]) =>
  PACES.map(([pace, paced]) => [name, pace, combine, paced] as const),
);

describe.each(CASES)('%s with %s handshakes', (_, __, combine, paced) => {
  const signal = new AbortController().signal;

  test('ends by itself', async () => {
    const { main, handshake } = world();
    await promptly(read(combine(main.engine, paced(handshake.engine))(PLAN, signal), goOn));
    expect([running({ main, handshake }), main.plans.length]).toEqual([0, 1]);
  });

  test.each([0, 1, 5, 30])('has the error of an engine that breaks after %i observations', async (after) => {
    const here = world();
    const scan = combine(failing(here.main.engine, after, 'the ring is gone'), paced(here.handshake.engine));
    await expect(promptly(read(scan(PLAN, signal), goOn))).rejects.toThrow('the ring is gone');
    expect(running(here)).toBe(0);
  });

  test.each([0, 1])('has the error of handshakes that break after %i observations', async (after) => {
    const here = world();
    const scan = combine(here.main.engine, failing(paced(here.handshake.engine), after, 'no socket'));
    await expect(promptly(read(scan(PLAN, signal), goOn))).rejects.toThrow('no socket');
    expect(running(here)).toBe(0);
  });

  test.each(MOMENTS)('has the error of a reader that breaks at observation %i', async (at) => {
    const here = world();
    const scan = combine(here.main.engine, paced(here.handshake.engine));
    const reading = read(scan(PLAN, signal), (nth) => {
      if (nth === at) throw new Error('the disk is full');
      return 'go on';
    });
    await expect(promptly(reading)).rejects.toThrow('the disk is full');
    expect(running(here)).toBe(0);
  });

  test.each(MOMENTS)('lets a reader go at observation %i', async (at) => {
    const here = world();
    const scan = combine(here.main.engine, paced(here.handshake.engine));
    expect(await promptly(read(scan(PLAN, signal), (nth) => (nth === at ? 'leave' : 'go on')))).toBe(at);
    expect(running(here)).toBe(0);
  });

  test.each(MOMENTS)('ends without an error after an abort at observation %i', async (at) => {
    const here = world();
    const stop = new AbortController();
    const scan = combine(here.main.engine, paced(here.handshake.engine));
    const reading = read(scan(PLAN, stop.signal), (nth) => {
      if (nth === at) stop.abort();
      return 'go on';
    });
    expect(await promptly(reading)).toBeGreaterThanOrEqual(at);
    expect(running(here)).toBe(0);
  });

  test.each([0, 1, 2, 5, 10, 30, 100, 300])(
    'ends without an error after an abort at any other moment (%i)',
    async (turns) => {
      const here = world();
      const stop = new AbortController();
      const scan = combine(here.main.engine, paced(here.handshake.engine));
      const reading = read(scan(PLAN, stop.signal), goOn);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      stop.abort();
      await promptly(reading);
      expect(running(here)).toBe(0);
    },
  );
});
