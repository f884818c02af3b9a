/*
 * The smoothed round trip and its spread, as RFC 6298 §2 has them for TCP, in milliseconds.
 *
 * Answers say by their port which SYN they belong to, so that a repetition never confuses the measure (Karn).
 */
export class RoundTrip {
  private smoothed = 0;
  private variation = 0;
  private count = 0;

  measured(ms: number): void {
    if (!(ms >= 0)) return;
    if (this.count++ === 0) {
      this.smoothed = ms;
      this.variation = ms / 2;
      return;
    }
    this.variation += (Math.abs(ms - this.smoothed) - this.variation) / 4;
    this.smoothed += (ms - this.smoothed) / 8;
  }

  get isKnown(): boolean {
    return this.count > 0;
  }

  /** How long an answer may reasonably take. */
  get patienceMs(): number {
    return this.smoothed + 4 * this.variation;
  }
}

/** Hosts beyond the table are held to be such as have not answered. */
const HOSTS_MOST = 2 ** 20;

/** The longest round trip to each host of a scan, in milliseconds. */
export class HostTrips {
  private readonly longest: Float32Array;

  constructor(hosts: number) {
    this.longest = new Float32Array(Math.min(hosts, HOSTS_MOST)).fill(-1);
  }

  measured(host: number, ms: number): void {
    this.longest[host] = Math.max(0, ms, this.longest[host]!);
  }

  /** Null where the host has not answered. */
  longestMs(host: number): number | null {
    const ms = this.longest[host] ?? -1;
    return ms < 0 ? null : ms;
  }
}
