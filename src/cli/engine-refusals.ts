/*
 * What the engine can't do for us is refused in one line, like any other wish; what it throws beside that is a bug, and keeps
 * its stack.
 *
 * The trap is the thread: an error that crosses one comes as a plain Error, with what it carried and without its class. And
 * the module with the kernel's own errors loads where the kernel can be asked, and nowhere else.
 */
import { AddressSet } from '../domain/address-set.js';
import { EngineNotAvailable } from '../engine/choose-engine.js';
import { Refusal } from '../platform/refusal.js';

export async function refusing<T>(wish: Promise<T>): Promise<T> {
  try {
    return await wish;
  } catch (error) {
    if (error instanceof EngineNotAvailable)
      throw new Refusal('unavailable', error.message, { cause: error });
    if (await isOfRoutes(error)) throw new Refusal('bad-input', (error as Error).message, { cause: error });
    if (isOfKernel(error)) {
      throw new Refusal(
        'unavailable',
        `the scan can't go on: ${error.message}; expected a kernel that lets us`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** Throws where the kernel has no such interface. It is only asked; where it can't be, the engine finds out by itself. */
export async function checkInterface(interfaceName: string | undefined): Promise<void> {
  if (interfaceName === undefined) return;
  const routes = await import('../engine/linux/routes.js').catch(() => null);
  if (routes !== null) await refusing((async () => routes.routesTo(AddressSet.empty, { interfaceName }))());
}

async function isOfRoutes(error: unknown): Promise<boolean> {
  if (!(error instanceof Error)) return false;
  if (error.name === 'RouteError') return true;
  const routes = await import('../engine/linux/routes.js').catch(() => null);
  return routes !== null && error instanceof routes.RouteError;
}

/** A SyscallError of engine/linux/libc.ts, from whichever thread. */
function isOfKernel(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { call, errno } = error as { call?: unknown; errno?: unknown };
  return (
    typeof call === 'string' && typeof errno === 'string' && error.message === `${call} failed: ${errno}`
  );
}
