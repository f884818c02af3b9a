/*
 * The smoothed round trip and its spread, as RFC 6298 §2 has them for TCP, in milliseconds.
 *
 * Answers say by their port which SYN they belong to, so that a repetition never confuses the measure (Karn).
 */
export class RoundTrip {
  private smoothed = 0;
  private variation = 0;
  private longest = 0;
  private count = 0;

  measured(ms: number): void {
    if (!(ms >= 0)) return;
    this.longest = Math.max(ms, this.longest * 0.9995);
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

  /** The longest of late. */
  get longestMs(): number {
    return this.longest;
  }
}
