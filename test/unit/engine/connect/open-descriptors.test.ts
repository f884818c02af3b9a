import { closeSync, fstatSync, openSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  closeLeft,
  descriptorCells,
  descriptorsOf,
  NO_DESCRIPTOR,
} from '../../../../src/engine/connect/open-descriptors.js';
import { Readiness } from '../../../../src/engine/connect/readiness.js';
import { SocketPool } from '../../../../src/engine/connect/socket-pool.js';

// The C library is called as Linux has it.
describe.skipIf(process.platform !== 'linux')('descriptors', () => {
  test('that an ended thread has left open are closed, and none that it has struck off', async () => {
    const cells = descriptorCells(2, 3);
    const [left, struckOff, other] = Array.from({ length: 3 }, () => openSync('/dev/null', 'r'));
    descriptorsOf(cells, 0, 2)[0] = left!;
    descriptorsOf(cells, 1, 2)[3] = other!;
    await closeLeft(cells);
    expect(() => fstatSync(left!)).toThrow(/EBADF/);
    expect(() => fstatSync(other!)).toThrow(/EBADF/);
    expect(fstatSync(struckOff!).isCharacterDevice()).toBe(true);
    closeSync(struckOff!);
    expect(cells.every((fd) => fd === NO_DESCRIPTOR)).toBe(true);
  });

  test('of sockets and of epoll are there as long as they are open', () => {
    const cells = descriptorCells(1, 3);
    const before = readdirSync('/proc/self/fd').length;
    const readiness = new Readiness(3, cells.subarray(0, 1));
    const pool = new SocketPool(cells.subarray(1), readiness, { source: null, interfaceName: null });
    const [first, second] = [pool.take(4), pool.take(6)];
    const open = (): number[] => [...cells].filter((fd) => fd !== NO_DESCRIPTOR);
    expect([open().length, new Set(open()).size]).toEqual([3, 3]);
    pool.drop(first);
    pool.free(second);
    expect(open()).toEqual([cells[0], pool.fd(second)]);
    pool.closeAll();
    readiness.close();
    expect([open(), readdirSync('/proc/self/fd').length]).toEqual([[], before]);
  });

  test('of two workers lie apart', () => {
    const cells = descriptorCells(2, 3);
    descriptorsOf(cells, 0, 2).fill(7);
    expect([...descriptorsOf(cells, 1, 2)]).toEqual(new Array(4).fill(NO_DESCRIPTOR));
  });
});
