/*
 * The descriptors that the workers of a scan hold, where the main thread can see them: they belong to the process, and a
 * thread that is ended from outside, because it does not listen, closes none.
 *
 * Whoever closes one strikes it off first: ended in between, it stays open, which is a small leak; the other way round,
 * a stranger's descriptor of the same number would be closed.
 */
export const NO_DESCRIPTOR = -1;

/** For each worker: its epoll, then its sockets. */
export function descriptorCells(workers: number, sockets: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(workers * (1 + sockets) * 4)).fill(NO_DESCRIPTOR);
}

export function descriptorsOf(cells: Int32Array, worker: number, workers: number): Int32Array {
  const each = cells.length / workers;
  return cells.subarray(worker * each, (worker + 1) * each);
}

/** Closes what the workers have left, when none of them runs any more. */
export async function closeLeft(cells: Int32Array): Promise<void> {
  if (cells.every((fd) => fd === NO_DESCRIPTOR)) return;
  const { close } = await import('../linux/libc.js');
  for (let i = 0; i < cells.length; i++) {
    const fd = cells[i]!;
    cells[i] = NO_DESCRIPTOR;
    if (fd !== NO_DESCRIPTOR) close(fd);
  }
}
