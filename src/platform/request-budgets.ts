/*
 * How many requests somebody may make: so many a minute, some of them at once (a token bucket). Each server counts for itself, and
 * in memory: the promise is that one program that runs wild does not keep the others waiting, and no exact count.
 *
 * What is told of it are the RateLimit fields of draft-ietf-httpapi-ratelimit-headers. The trap is who makes requests under many
 * names: those nobody knows are counted by their address, and of what is known only the latest are.
 */
import type { Clock } from './clock.js';

const WINDOW_SECONDS = 60;
const KNOWN_MOST = 20_000;

export interface Budget {
  readonly isLeft: boolean;
  readonly headers: Readonly<Record<'RateLimit' | 'RateLimit-Policy', string>>;
  /** Until there is one again. */
  readonly waitSeconds: number;
}

interface Bucket {
  left: number;
  atMs: number;
}

export class RequestBudgets {
  /** Those who came last are at the end. */
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly perMinute: number,
    private readonly clock: Clock,
  ) {}

  /** @param kind whose requests are counted together: `token`, `account`, `address` */
  spend(kind: string, whose: string): Budget {
    const nowMs = this.clock().getTime();
    const key = `${kind} ${whose}`;
    const perMs = this.perMinute / (WINDOW_SECONDS * 1000);
    const { left: before, atMs } = this.buckets.get(key) ?? { left: this.perMinute, atMs: nowMs };
    const there = Math.min(this.perMinute, before + Math.max(0, nowMs - atMs) * perMs);
    const isLeft = there >= 1;
    const left = isLeft ? there - 1 : there;
    this.keep(key, { left, atMs: nowMs });
    const fullSeconds = Math.ceil((this.perMinute - left) / perMs / 1000);
    return {
      isLeft,
      waitSeconds: isLeft ? 0 : Math.max(1, Math.ceil((1 - left) / perMs / 1000)),
      headers: {
        RateLimit: `"${kind}";r=${Math.floor(left)};t=${fullSeconds}`,
        'RateLimit-Policy': `"${kind}";q=${this.perMinute};w=${WINDOW_SECONDS}`,
      },
    };
  }

  private keep(key: string, bucket: Bucket): void {
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size <= KNOWN_MOST) return;
    const [oldest] = this.buckets.keys();
    this.buckets.delete(oldest!);
  }
}
