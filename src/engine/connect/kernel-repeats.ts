/*
 * When Linux sends a SYN again that nobody answers: after a second, then after two more, four more … (RFC 6298 §2). Since
 * Linux 6.5 a few come a second apart before that begins (tcp_syn_linear_timeouts, four of them by default).
 */
import { readFileSync } from 'node:fs';

const FIRST_MS = 1000;
/** No attempt waits longer. */
const LONGEST_MS = 600_000;

/** @param linear the kernel's tcp_syn_linear_timeouts; 0 where it has none */
export function repeatTimesMs(linear: number): number[] {
  const times: number[] = [];
  let intervalMs = FIRST_MS;
  for (let atMs = FIRST_MS; atMs <= LONGEST_MS; atMs += intervalMs) {
    times.push(atMs);
    if (times.length > linear) intervalMs *= 2;
  }
  return times;
}

export function kernelLinearTimeouts(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/tcp_syn_linear_timeouts', 'utf8')) || 0;
  } catch {
    return 0;
  }
}
