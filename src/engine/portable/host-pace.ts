/*
 * Keeps one host, and one /24 or /64, below its own rate, with repetitions counted in. The scan's rate does that on
 * average already (polite-rate.ts); this holds where chance or repetition brings a host's probes together.
 *
 * It is a leaky bucket a host, kept as one number: when the next probe would come if they came evenly (the "generic cell
 * rate algorithm", ITU-T I.371). Hosts whose number lies in the past are forgotten, so that memory is bounded by the rate.
 */
import { type AddressNumber, isV4Number } from '../../domain/address-number.js';
import { burstOf } from '../pacer.js';

/** Nobody is forgotten before so many are remembered. */
const REMEMBERED = 16_384;

export interface HostPace {
  isDue(address: AddressNumber, nowMs: number): boolean;
  started(address: AddressNumber, nowMs: number): void;
}

export function hostPace(ratePerHost = Infinity, ratePerSubnet = Infinity): HostPace {
  const paces = [
    ...(ratePerHost === Infinity ? [] : [pace(ratePerHost, (address) => address)]),
    ...(ratePerSubnet === Infinity ? [] : [pace(ratePerSubnet, subnetOf)]),
  ];
  return {
    isDue: (address, nowMs) => paces.every((one) => one.isDue(address, nowMs)),
    started(address, nowMs) {
      for (const one of paces) one.started(address, nowMs);
    },
  };
}

const subnetOf = (address: AddressNumber): bigint => address >> (isV4Number(address) ? 8n : 64n);

function pace(ratePerSecond: number, keyOf: (address: AddressNumber) => bigint): HostPace {
  const intervalMs = 1000 / ratePerSecond;
  const burstMs = (burstOf(ratePerSecond) - 1) * intervalMs;
  const evenlyMs = new Map<bigint, number>();
  let forgetAt = REMEMBERED;
  return {
    isDue: (address, nowMs) => (evenlyMs.get(keyOf(address)) ?? 0) - burstMs <= nowMs,
    started(address, nowMs) {
      const key = keyOf(address);
      evenlyMs.set(key, Math.max(evenlyMs.get(key) ?? 0, nowMs) + intervalMs);
      if (evenlyMs.size < forgetAt) return;
      for (const [one, atMs] of evenlyMs) if (atMs <= nowMs) evenlyMs.delete(one);
      forgetAt = Math.max(REMEMBERED, evenlyMs.size * 2);
    },
  };
}
