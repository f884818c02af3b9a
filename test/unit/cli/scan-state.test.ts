/* The text of a scan's state: read back it is the same, and anything else is not believed. */
import { describe, expect, it } from 'vitest';
import { fingerprintOf, type Ground, readState, writeState } from '../../../src/cli/scan-state.js';
import { AddressSet } from '../../../src/domain/address-set.js';
import { type Observation, PORT_STATES } from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { Sightings } from '../../../src/domain/sightings.js';

const GROUND: Ground = { addresses: AddressSet.parse('198.18.0.0/30'), ports: PortSet.parse('1-100') };
const HEADING = { seed: 7, settledTo: 40, elapsedMs: 5000 };
const STARTED = 1_000_000;

const one = (
  address: string,
  ports: string,
  state: Observation['state'],
  reason: string,
  more: Partial<Observation> = {},
): Observation => ({ address, ports: PortSet.parse(ports), state, reason, at: STARTED + 250, ...more });

const SEEN = [
  one('198.18.0.0', '22', 'open', 'handshake', { connectMs: new Map([[22, 0.25]]) }),
  one('198.18.0.0', '80', 'open', 'syn-ack'),
  one('198.18.0.0', '1-9', 'closed', 'reset'),
  one('198.18.0.0', '11-13', 'closed', 'port-unreachable'),
  one('198.18.0.0', '50-60', 'filtered', 'silence'),
  one('198.18.0.0', '61', 'unknown', 'ENETUNREACH'),
  one('198.18.0.0', '40000-40002', 'open', 'canary'),
  one('198.18.0.0', '50000', 'filtered', 'canary-shut'),
  one('198.18.0.2', '1-100', 'unreachable', 'host-unreachable'),
];

function sightingsOf(observations: Iterable<Observation>): Sightings {
  const sightings = new Sightings(() => GROUND.ports);
  for (const seen of observations) sightings.add(seen);
  return sightings;
}

const lines = (): string[] => [...writeState(GROUND, HEADING, sightingsOf(SEEN).toMap().values(), STARTED)];

async function read(texts: readonly string[], ground = GROUND) {
  const seen: Observation[] = [];
  async function* each() {
    yield* texts.map((text) => text.replace(/\n$/, ''));
  }
  const heading = await readState(
    each(),
    ground,
    () => STARTED,
    (one) => seen.push(one),
  );
  return { heading, hosts: sightingsOf(seen).toMap() };
}

const plain = (hosts: ReturnType<Sightings['toMap']>) =>
  Array.from(hosts.values(), (host) => ({
    ...host,
    ...Object.fromEntries(PORT_STATES.map((state) => [state, `${host[state]}`])),
    reasons: Object.fromEntries(
      Array.from(host.reasons, ([reason, ports]) => [reason, `${ports}`] as const).sort(),
    ),
  }));

describe('the state of a scan', () => {
  it('read back is the same: states, reasons, times and canaries', async () => {
    const { heading, hosts } = await read(lines());
    expect(heading).toMatchObject(HEADING);
    expect(plain(hosts)).toEqual(plain(sightingsOf(SEEN).toMap()));
  });

  it('belongs to its addresses, its ports and its seed, however they are written', () => {
    const own = fingerprintOf(GROUND, 7);
    const same = { addresses: AddressSet.parse('198.18.0.0-3'), ports: PortSet.parse('51-100,1-50') };
    expect(fingerprintOf(same, 7)).toBe(own);
    expect(own).toMatch(/^[0-9a-f]{64}$/);
    const others = [
      fingerprintOf(GROUND, 8),
      fingerprintOf({ ...GROUND, ports: PortSet.parse('1-101') }, 7),
      fingerprintOf({ ...GROUND, addresses: AddressSet.parse('198.18.0.0-2') }, 7),
    ];
    expect(new Set([own, ...others]).size).toBe(4);
  });

  it.each<[string, (lines: string[]) => string[], Partial<Ground>, string]>([
    [
      'other ports',
      (all) => all,
      { ports: PortSet.parse('1-99') },
      'is of a scan of other addresses or ports',
    ],
    [
      'other addresses',
      (all) => all,
      { addresses: AddressSet.parse('198.18.0.4/30') },
      'is of a scan of other addresses or ports',
    ],
    [
      'another seed than it says',
      ([head, ...rest]) => [head!.replace('"seed":7', '"seed":8'), ...rest],
      {},
      'is of a scan of other addresses or ports',
    ],
    ['nothing', () => [], {}, 'is no state of a scan'],
    ['something else', () => ['# my notes\n'], {}, 'is no state of a scan'],
    ['JSON of something else', () => ['{"version":1}\n'], {}, 'is no state of a scan'],
    ['no end', (all) => all.slice(0, -1), {}, 'is cut off'],
    ['half a line', (all) => [...all.slice(0, 1), all[1]!.slice(0, 30)], {}, 'holds a line that is no host'],
    ['a host less', ([head, , ...rest]) => [head!, ...rest], {}, 'holds a line that is no host'],
    ['more behind its end', (all) => [...all, all[1]!], {}, 'goes on behind its end'],
    [
      'a position beyond the plan',
      ([head, ...rest]) => [head!.replace('"settledTo":40', '"settledTo":401'), ...rest],
      {},
      'names a position that this scan does not have',
    ],
    [
      'a host of another network',
      (all) => all.map((line) => line.replace('198.18.0.2', '198.18.0.4')),
      {},
      'holds a line that is no host',
    ],
    [
      'ports that nobody asked for',
      (all) => all.map((line) => line.replace('"50-60"', '"50-160"')),
      {},
      'holds ports of 198.18.0.0 that are not of this scan',
    ],
    [
      'ports that are none',
      (all) => all.map((line) => line.replace('"50-60"', '"50-x"')),
      {},
      'holds ports that can not be read',
    ],
  ])('with %s is refused', async (_name, change, ground, message) => {
    await expect(read(change(lines()), { ...GROUND, ...ground })).rejects.toThrow(message);
  });
});
