/*
 * Pages' live streams, for as many as watch: one look serves all who watch the same thing, begins with the first of them and ends
 * with the last, so that two hundred viewers of a run cost the database what one does. What is looked at is nobody's: it is looked
 * at outside of any request, and drawn for each viewer inside their own.
 *
 * Bounded: so many streams an account, or an address where there are no accounts, and so many in all. Whoever does not read is cut
 * off (SLOW_READERS). That a stream does not outlive its session is the door's to see to (access/live-door.ts).
 */
import { Injectable, type MessageEvent } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { finalize, map, Observable, ReplaySubject, share } from 'rxjs';
import { type Look, lookAgain } from './live-stream.js';
import { Refusal } from './refusal.js';
import { currentVisit, insideThisVisit, outsideOfVisits } from './visit.js';

const MOST = { account: 50, address: 400, all: 2000 } as const;

/** For `@Sse`: so many characters may wait for a reader, a few whole pages; then it is taken for gone. */
export const SLOW_READERS = { maxPendingDataLength: 512 * 1024 } as const;

export interface Watching<T> {
  /** What is watched: all with the same key share one look. */
  readonly key: string;
  /** Called once for all of them, whenever somebody begins to watch what nobody did. */
  readonly begin: () => () => Promise<Look<T>>;
  /** What one viewer is sent; null for nothing. Called inside of their own request. */
  readonly draw: (view: T) => string | null;
}

@Injectable()
export class LiveStreams {
  private readonly looks = new Map<string, Observable<unknown>>();
  private readonly open = new Map<string, number>();
  private count = 0;

  /** How many are open, and how many things they look at. */
  get size(): { readonly streams: number; readonly looks: number } {
    return { streams: this.count, looks: this.looks.size };
  }

  /** Throws Refusal where there are too many already. */
  watch<T>(request: FastifyRequest, { key, begin, draw }: Watching<T>): Observable<MessageEvent> {
    const account = currentVisit()?.actor?.account ?? null;
    const who = account === null ? `address ${request.ip}` : `account ${account}`;
    const most = account === null ? MOST.address : MOST.account;
    if (this.count >= MOST.all || (this.open.get(who) ?? 0) >= most)
      throw new Refusal('too-many', `so many pages are kept up to date already; expected at most ${most}`);
    const inside = insideThisVisit();
    const shared = this.shared(key, begin);
    return this.counted(
      who,
      drawn(shared, (view) => inside(() => draw(view))),
    );
  }

  private shared<T>(key: string, begin: () => () => Promise<Look<T>>): Observable<T> {
    const known = this.looks.get(key);
    if (known) return known as Observable<T>;
    const asking = new Observable<T>((reader) => outsideOfVisits(() => lookAgain(begin()).subscribe(reader)));
    const looks = asking.pipe(
      finalize(() => this.looks.delete(key)),
      // Whoever comes later sees at once what was seen last.
      share({ connector: () => new ReplaySubject<T>(1) }),
    );
    this.looks.set(key, looks);
    return looks;
  }

  private counted<T>(who: string, stream: Observable<T>): Observable<T> {
    return new Observable((reader) => {
      this.count++;
      this.open.set(who, (this.open.get(who) ?? 0) + 1);
      const reading = stream.subscribe(reader);
      return () => {
        reading.unsubscribe();
        this.count--;
        const left = this.open.get(who)! - 1;
        if (left > 0) this.open.set(who, left);
        else this.open.delete(who);
      };
    });
  }
}

/** What is new for one viewer, and nothing twice. */
function drawn<T>(looks: Observable<T>, draw: (view: T) => string | null): Observable<MessageEvent> {
  return new Observable((reader) => {
    let last: string | null = null;
    return looks.pipe(map(draw)).subscribe({
      next(html) {
        if (html !== null && html !== last) reader.next({ data: html });
        last = html ?? last;
      },
      error: (error) => reader.error(error),
      complete: () => reader.complete(),
    });
  });
}
