/*
 * A page's live stream: asks again and again, and sends what is new, until it is told that there is no more or the
 * reader has gone. A reader that goes stops the asking at once; nothing goes on for a closed tab.
 */
import type { MessageEvent } from '@nestjs/common';
import { distinctUntilChanged, map, Observable } from 'rxjs';
import { pause } from './loop.js';

/** One answer to what a stream asks. */
export interface Look<T> {
  /** Null where nothing has changed. */
  readonly view: T | null;
  /** Until the next question; null when this was the last one. */
  readonly nextMs: number | null;
}

export interface Told {
  /** HTML for htmx to swap in; null where nothing has changed. */
  readonly html: string | null;
  readonly nextMs: number | null;
}

/** Asks for as long as somebody reads. */
export function lookAgain<T>(ask: () => Promise<Look<T>>): Observable<T> {
  return new Observable((reader) => {
    const gone = new AbortController();
    void (async () => {
      while (!gone.signal.aborted) {
        const { view, nextMs } = await ask();
        if (gone.signal.aborted) return;
        if (view !== null) reader.next(view);
        if (nextMs === null) return reader.complete();
        await pause(nextMs, gone.signal);
      }
    })().catch((error: unknown) => {
      if (!gone.signal.aborted) reader.error(error);
    });
    return () => gone.abort();
  });
}

/** For one reader; what many look at alike is LiveStreams.watch's. */
export function liveStream(ask: () => Promise<Told>): Observable<MessageEvent> {
  const told = lookAgain(async () => {
    const { html, nextMs } = await ask();
    return { view: html, nextMs };
  });
  return told.pipe(
    distinctUntilChanged(),
    map((html) => ({ data: html })),
  );
}
