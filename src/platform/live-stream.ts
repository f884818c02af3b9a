/*
 * A page's live stream: asks again and again, and sends what is new, until it is told that there is no more or the
 * reader has gone. A reader that goes stops the asking at once; nothing goes on for a closed tab.
 */
import type { MessageEvent } from '@nestjs/common';
import { Observable } from 'rxjs';
import { pause } from './loop.js';

export interface Told {
  /** HTML for htmx to swap in; null where nothing has changed. */
  readonly html: string | null;
  /** Until the next question; null when this was the last one. */
  readonly nextMs: number | null;
}

export function liveStream(ask: () => Promise<Told>): Observable<MessageEvent> {
  return new Observable((reader) => {
    const gone = new AbortController();
    void (async () => {
      let last: string | null = null;
      while (!gone.signal.aborted) {
        const { html, nextMs } = await ask();
        if (gone.signal.aborted) return;
        if (html !== null && html !== last) reader.next({ data: html });
        last = html ?? last;
        if (nextMs === null) return reader.complete();
        await pause(nextMs, gone.signal);
      }
    })().catch((error: unknown) => {
      if (!gone.signal.aborted) reader.error(error);
    });
    return () => gone.abort();
  });
}
