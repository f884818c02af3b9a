/* What the engine can't do is one line; a bug keeps its stack. Errors come from threads too, and lose their class there. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { checkInterface, refusing } from '../../../src/cli/engine-refusals.js';
import { EngineNotAvailable } from '../../../src/engine/choose-engine.js';
import { SyscallError } from '../../../src/engine/linux/libc.js';
import { RouteError } from '../../../src/engine/linux/routes.js';
import { Refusal } from '../../../src/platform/refusal.js';

/** As `error` arrives from a worker. */
async function fromThread(code: string): Promise<Error> {
  const worker = new Worker(code, { eval: true });
  const [error] = await once(worker, 'error');
  return error as Error;
}

const outcome = (error: unknown): Promise<unknown> => refusing(Promise.reject(error)).catch((it) => it);

describe('what the engine throws', () => {
  it.each([
    [new EngineNotAvailable('syn', 'no syn here'), 'no syn here'],
    [new RouteError('there is no interface'), 'there is no interface'],
    [new SyscallError('socket(raw)', 'EPERM'), "the scan can't go on: socket(raw) failed: EPERM; expected"],
  ])('%s is refused', async (error, message) => {
    const refused = await outcome(error);
    expect(refused).toBeInstanceOf(Refusal);
    expect((refused as Refusal).message).toContain(message);
    expect((refused as Refusal).message).not.toContain('\n');
  });

  it('is refused from a thread as well', async () => {
    const error = await fromThread(
      "throw Object.assign(new Error('bind(raw) failed: EINVAL'), { call: 'bind(raw)', errno: 'EINVAL' })",
    );
    expect(await outcome(error)).toBeInstanceOf(Refusal);
  });

  it.each([
    [new TypeError('a bug')],
    [Object.assign(new Error('x'), { errno: 'EPERM' })],
    ['no error at all'],
  ])('and is passed on where it is a bug: %s', async (error) => {
    expect(await outcome(error)).toBe(error);
  });

  it('comes back where there was none', async () => {
    expect(await refusing(Promise.resolve(7))).toBe(7);
  });
});

describe('an interface', () => {
  it('that the kernel has is fine, one that it has not is refused with those that it has', async () => {
    await checkInterface(undefined);
    await checkInterface('lo');
    await expect(checkInterface('nope')).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/^there is no interface 'nope' here; expected one of lo/),
    });
  });
});
