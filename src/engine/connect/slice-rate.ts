/*
 * How fast a slice may be probed, so that neither the plan's rate nor a host's share of it is exceeded. The one place
 * that decides a rate by slice.
 *
 * The order is shuffled: a host's expected share of any stretch is its share of the plan. That keeps a host's rate on the
 * average only, as chance bunches probes of one host now and then; host-caps.ts holds it where they are bunched.
 */
import type { ScanPlan } from '../../domain/scan-plan.js';
import { addressOfWords } from '../address-words.js';
import { type SpaceLayout } from '../probe-space.js';

/** Numbers a block has in a layout: firstIndex, firstHost, hosts, portsAt, portCount, family. */
const FIELDS = 6;

export function sliceRate(
  { ratePerSecond, ratePerHost }: Pick<ScanPlan, 'ratePerSecond' | 'ratePerHost'>,
  layout: SpaceLayout,
): number {
  if (ratePerHost === undefined) return ratePerSecond;
  return Math.min(ratePerSecond, (ratePerHost * Math.max(1, layout.count)) / busiestHost(layout));
}

/** The most probes that one address gets, whichever blocks it is in. */
function busiestHost({ blocks, bases }: SpaceLayout): number {
  const edges: { at: bigint; probes: number }[] = [];
  for (let block = 0; block * FIELDS + FIELDS <= blocks.length; block++) {
    const [, , hosts, , probes, family] = blocks.subarray(block * FIELDS, (block + 1) * FIELDS);
    const [w0, w1, w2, w3] = bases.subarray(block * 4, block * 4 + 4);
    const first = addressOfWords(family!, w0!, w1!, w2!, w3!);
    edges.push({ at: first, probes: probes! }, { at: first + BigInt(hosts!), probes: -probes! });
  }
  // What ends at an address goes before what begins there.
  edges.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.probes - b.probes));
  let most = 1;
  let here = 0;
  for (const { probes } of edges) {
    here += probes;
    most = Math.max(most, here);
  }
  return most;
}
