/*
 * Where a host ends in a plan's indices: `packSlice` puts together what belongs to one host.
 */
import type { SpaceLayout } from '../probe-space.js';

/** Numbers a block has in a layout: firstIndex, firstHost, hosts, portsAt, portCount, family. */
const FIELDS = 6;

/** Returns a function from an index to the first index beyond its host. */
export function hostEnds({ blocks }: SpaceLayout): (index: number) => number {
  const blockCount = blocks.length / FIELDS;
  return (index) => {
    let lo = 0;
    let hi = blockCount - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >>> 1;
      if (blocks[mid * FIELDS]! <= index) lo = mid;
      else hi = mid - 1;
    }
    const first = blocks[lo * FIELDS]!;
    const portCount = blocks[lo * FIELDS + 4]!;
    return first + (Math.floor((index - first) / portCount) + 1) * portCount;
  };
}
