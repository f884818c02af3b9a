/* Which engine is chosen, refused or done without, and what people are told. */
import { describe, expect, test } from 'vitest';
import type { EngineChoice } from '../../../src/domain/scan-plan.js';
import { chooseEngine, type EngineFacts, EngineNotAvailable } from '../../../src/engine/choose-engine.js';
import { scanPlan, target } from '../../support/fake-engine.js';

const ALL: EngineFacts = {
  platform: 'linux',
  libraryProblem: async () => null,
  hasWorkers: () => true,
  rawSocketProblem: async () => null,
};
const FAR = scanPlan([target('203.0.113.0/24', '1-1000')]);
const choose = (engine: EngineChoice, facts: Partial<EngineFacts> = {}, plan = FAR) =>
  chooseEngine({ ...plan, engine }, { ...ALL, ...facts });

const noLeave: Partial<EngineFacts> = { rawSocketProblem: async () => 'EPERM' };
const noLibrary: Partial<EngineFacts> = { libraryProblem: async () => 'Cannot find the native Koffi module' };
const onlyConnect: Partial<EngineFacts> = { hasWorkers: (engine) => engine === 'connect' };
const fromSource: Partial<EngineFacts> = { hasWorkers: () => false };

describe('auto', () => {
  test.each<[string, Partial<EngineFacts>, RegExp]>([
    ['takes raw packets where they are allowed', {}, /^syn: raw packets are allowed$/],
    [
      'connects where they are not, and says how to grant them',
      noLeave,
      /^connect: no CAP_NET_RAW, so that .*sudo setcap cap_net_raw\+ep .* or run as root$/,
    ],
    [
      'connects where there are no such sockets',
      { rawSocketProblem: async () => 'EAFNOSUPPORT' },
      /^connect: .*EAFNOSUPPORT/,
    ],
    ['connects where only that was compiled', onlyConnect, /^connect: .*npm run build/],
    ['does without a C library', noLibrary, /^portable: .*native Koffi module/],
    ['does without workers', fromSource, /^portable: .*npm run build/],
    [
      'does without Linux, and asks for nothing that is Linux’s',
      { platform: 'darwin', libraryProblem: refuse },
      /^portable: .*darwin/,
    ],
  ])('%s', async (_, facts, why) => {
    const chosen = await choose('auto', facts);
    expect(chosen.why).toMatch(why);
    expect(chosen.why.startsWith(`${chosen.name}: `)).toBe(true);
  });

  test('starts no threads for a few probes on loopback', async () => {
    const few = scanPlan([target('127.0.0.1', '1-199')]);
    expect(await choose('auto', {}, few)).toMatchObject({
      name: 'portable',
      why: expect.stringMatching(/199 probes/),
    });
    expect((await choose('auto', {}, scanPlan([target('127.0.0.1', '1-200')]))).name).toBe('syn');
    expect((await choose('auto', {}, scanPlan([target('203.0.113.1', '22')]))).name).toBe('syn');
    expect((await choose('auto', {}, { ...few, interfaceName: 'lo' })).name).toBe('syn');
  });
});

function refuse(): Promise<null> {
  throw new Error('asked for what only Linux has');
}

describe('asked for by name', () => {
  test.each(['syn', 'connect', 'portable'] as const)('%s is taken where it can be had', async (name) => {
    expect(await choose(name)).toEqual({ name, why: `${name}: asked for by name` });
  });

  test.each<[string, Partial<EngineFacts>, RegExp]>([
    ['without leave', noLeave, /the syn engine can't be used: no CAP_NET_RAW; grant it with `sudo setcap/],
    ['without a C library', noLibrary, /can't be called/],
    ['beyond Linux', { platform: 'win32' }, /need Linux, and this is win32/],
    ['from source', fromSource, /compiled form only/],
  ])('syn %s is refused', async (_, facts, message) => {
    const refused = choose('syn', facts);
    await expect(refused).rejects.toThrow(EngineNotAvailable);
    await expect(refused).rejects.toThrow(message);
  });

  test('connect is Node’s own where the faster one can’t be had, and says so', async () => {
    expect(await choose('connect', noLibrary)).toMatchObject({ name: 'portable' });
    expect((await choose('connect', noLeave)).name).toBe('connect');
  });
});

test('an interface can’t be chosen with Node’s own sockets', async () => {
  const plan = { ...FAR, interfaceName: 'eth7' };
  for (const engine of ['portable', 'connect', 'auto'] as const) {
    await expect(choose(engine, noLibrary, plan)).rejects.toThrow(/can't choose the interface 'eth7'/);
  }
  expect((await choose('connect', {}, plan)).name).toBe('connect');
});

test('here, from source, every engine but the portable one is away', async () => {
  expect((await chooseEngine(FAR)).name).toBe('portable');
  await expect(chooseEngine({ ...FAR, engine: 'syn' })).rejects.toThrow(EngineNotAvailable);
});
