import { describe, expect, test } from 'vitest';
import { AddressSet } from '../../../src/domain/address-set.js';
import { nothingObserved, type Observation, observe } from '../../../src/domain/observation.js';
import { PortSet } from '../../../src/domain/port-set.js';
import { probeIndex, type Target } from '../../../src/domain/scan-plan.js';
import { ProbeSpace } from '../../../src/engine/probe-space.js';
import { packInOrder } from '../../../src/engine/slice.js';
import { SliceReader } from '../../../src/engine/slice-reader.js';
import { layOut } from '../../../src/engine/space-layout.js';
import * as verdicts from '../../../src/engine/verdicts.js';

const { CLOSED, HOST_UNREACHABLE, NET_UNREACHABLE, OPEN, PORT_UNREACHABLE, SILENCE, WAITING } = verdicts;

const target = (addresses: string, ports: string): Target => ({
  addresses: AddressSet.parse(addresses),
  ports: PortSet.parse(ports),
});

/** A plan, its reader, and what a worker would hand over: a verdict for each port of each host, else another one. */
function reading(...plan: Target[]) {
  const layout = layOut(plan);
  const space = new ProbeSpace(layout);
  const { count, probeAt } = probeIndex(plan);
  const indices = Array.from({ length: count }, (_, index) => index);
  return {
    reader: new SliceReader(layout, () => 1234),
    indexOf: (address: string, port: number): number => {
      const found = indices.find((index) => {
        const probe = probeAt(index);
        return probe.port === port && AddressSet.ofNumber(probe.address).toString() === address;
      });
      return found!;
    },
    packed: (verdictOf: (address: string, port: number) => number) =>
      Array.from(
        packInOrder(
          Uint8Array.from(indices, (index) => {
            const { address, port } = probeAt(index);
            return verdictOf(AddressSet.ofNumber(address).toString(), port);
          }),
          (index) => space.hostEnd(index),
        ),
      )[0] ?? new Float64Array(0),
  };
}

const said = (seen: Iterable<Observation>): string[] =>
  Array.from(seen, ({ address, ports, state, reason }) => `${address} ${ports} ${state} ${reason}`);

const HOST = '198.51.100.7';
const OTHER = '198.51.100.8';

describe('open ports', () => {
  const { reader, indexOf } = reading(
    target('198.51.100.6-198.51.100.8', '22,80,443'),
    target('2001:db8::7', '80'),
  );

  test('one by one come with the time of their answer, to a hundredth of a millisecond', () => {
    expect(reader.open(indexOf(HOST, 80), 'handshake', 1.23456)).toEqual([
      {
        address: HOST,
        ports: PortSet.of(80),
        state: 'open',
        reason: 'handshake',
        at: 1234,
        connectMs: new Map([[80, 1.23]]),
      },
    ]);
    expect(reader.open(indexOf('2001:db8::7', 80), 'handshake', null)).toEqual([
      { address: '2001:db8::7', ports: PortSet.of(80), state: 'open', reason: 'handshake', at: 1234 },
    ]);
  });

  test('together come as one observation a host, whatever their order', () => {
    const indices = [
      indexOf(OTHER, 443),
      indexOf('2001:db8::7', 80),
      indexOf(HOST, 443),
      indexOf(OTHER, 22),
      indexOf(HOST, 443),
    ];
    expect(said(reader.opens(Float64Array.from(indices), 'syn-ack'))).toEqual([
      `${OTHER} 22,443 open syn-ack`,
      '2001:db8::7 80 open syn-ack',
      `${HOST} 443 open syn-ack`,
    ]);
    expect(reader.opens([], 'syn-ack')).toEqual([]);
  });
});

describe('a settled slice', () => {
  test('is told by host and verdict, and open ports are not told again', () => {
    const { reader, packed } = reading(target('198.51.100.7-198.51.100.8', '1-9'));
    const verdictOf = (address: string, port: number): number =>
      port === 5 ? OPEN : address === HOST ? (port < 8 ? CLOSED : PORT_UNREACHABLE) : SILENCE;
    expect(said(reader.slice(packed(verdictOf)))).toEqual([
      `${HOST} 1-4,6-7 closed reset`,
      `${HOST} 8-9 closed port-unreachable`,
      `${OTHER} 1-4,6-9 filtered silence`,
    ]);
  });

  test('gives a plan’s gaps to nobody', () => {
    const ports = '0,2-4,80,443-445,65535';
    const { reader, packed } = reading(target(HOST, ports), target('2001:db8::7', ports));
    const seen = said(reader.slice(packed((address) => (address === HOST ? CLOSED : SILENCE))));
    expect(seen).toEqual([`${HOST} ${ports} closed reset`, `2001:db8::7 ${ports} filtered silence`]);
    const some = said(reader.slice(packed((_, port) => (port === 3 || port === 444 ? WAITING : CLOSED))));
    expect(some[0]).toBe(`${HOST} 0,2,4,80,443,445,65535 closed reset`);
  });

  test('makes sets that are as they should be: sorted, apart, and equal to what they say', () => {
    const { reader, packed } = reading(target(HOST, '1-3,5,7-9,11'));
    const [seen] = reader.slice(packed(() => CLOSED));
    expect(seen!.ports.toBounds()).toEqual(PortSet.parse('1-3,5,7-9,11').toBounds());
  });

  test('tells what our own failures were', () => {
    const { reader, packed } = reading(target(HOST, '1-2'));
    const codes = [verdicts.failureCode('EMFILE'), verdicts.failureCode('ENOTHING')];
    expect(said(reader.slice(packed((_, port) => codes[port - 1]!)))).toEqual([
      `${HOST} 1 unknown EMFILE`,
      `${HOST} 2 unknown EFAILED`,
    ]);
  });

  test('says nothing of bytes that are no verdict', () => {
    const { reader } = reading(target(HOST, '1-2'));
    expect(
      said(reader.slice(Float64Array.of(0, WAITING, 1, 0, 1, 1, verdicts.PASSED_OVER, 1, 1, 1))),
    ).toEqual([]);
  });
});

describe('unreachable', () => {
  test('stays so while nothing of the host answers', () => {
    const { reader, packed } = reading(target('198.51.100.7-198.51.100.8', '1-4'));
    const verdictOf = (address: string, port: number): number =>
      address === HOST ? HOST_UNREACHABLE : port === 1 ? CLOSED : SILENCE;
    expect(said(reader.slice(packed(verdictOf)))).toEqual([
      `${HOST} 1-4 unreachable host-unreachable`,
      `${OTHER} 1 closed reset`,
      `${OTHER} 2-4 filtered silence`,
    ]);
  });

  const ANSWERS: ReadonlyArray<readonly [what: string, verdict: number]> = [
    ['reset', CLOSED],
    ['port-unreachable', PORT_UNREACHABLE],
  ];
  test.each(ANSWERS)('becomes filtered if the host answers in the same slice: %s', (reason, verdict) => {
    const { reader, packed } = reading(target(HOST, '1-6'));
    const verdictOf = (_: string, port: number): number =>
      port === 6 ? verdict : port % 2 ? HOST_UNREACHABLE : NET_UNREACHABLE;
    expect(said(reader.slice(packed(verdictOf)))).toEqual([
      `${HOST} 1,3,5 unreachable host-unreachable`,
      `${HOST} 2,4 unknown ENETUNREACH`,
      `${HOST} 6 closed ${reason}`,
      `${HOST} 1-5 filtered prohibited`,
    ]);
  });

  test('becomes filtered when the host answers slices later, told once', () => {
    const { reader, packed, indexOf } = reading(target(HOST, '1-6'));
    expect(said(reader.slice(packed((_, port) => (port < 4 ? HOST_UNREACHABLE : OPEN))))).toEqual([
      `${HOST} 1-3 unreachable host-unreachable`,
    ]);
    expect(said(reader.opens([indexOf(HOST, 6)], 'syn-ack'))).toEqual([
      `${HOST} 6 open syn-ack`,
      `${HOST} 1-3 filtered prohibited`,
    ]);
    expect(said(reader.open(indexOf(HOST, 5), 'handshake', null))).toEqual([`${HOST} 5 open handshake`]);
  });

  test('is filtered at once on a host that has answered before', () => {
    const { reader, packed, indexOf } = reading(target(HOST, '1-3'));
    reader.open(indexOf(HOST, 3), 'handshake', 1);
    expect(said(reader.slice(packed((_, port) => (port < 3 ? NET_UNREACHABLE : OPEN))))).toEqual([
      `${HOST} 1-2 filtered prohibited`,
    ]);
  });

  test('is filtered too where two targets share the host, and the other one’s port has answered', () => {
    const { reader, packed } = reading(target(HOST, '1-3'), target('198.51.100.0/24', '443'));
    const seen = [...reader.slice(packed((_, port) => (port === 443 ? CLOSED : HOST_UNREACHABLE)))];
    const host = seen.filter(({ address }) => address === HOST).reduce(observe, nothingObserved(HOST));
    expect(host.filtered.toString()).toBe('1-3');
    expect(host.closed.toString()).toBe('443');
    expect(host.unreachable.isEmpty).toBe(true);
  });

  test('is not doubted for a neighbour’s answer, nor for a filter’s or for silence', () => {
    const { reader, packed } = reading(target('198.51.100.7-198.51.100.8', '1-3'));
    const others = [HOST_UNREACHABLE, verdicts.PROHIBITED, SILENCE];
    const seen = said(
      reader.slice(packed((address, port) => (address === HOST ? others[port - 1]! : CLOSED))),
    );
    expect(seen).toEqual([
      `${HOST} 1 unreachable host-unreachable`,
      `${HOST} 2 filtered prohibited`,
      `${HOST} 3 filtered silence`,
      `${OTHER} 1-3 closed reset`,
    ]);
  });
});
