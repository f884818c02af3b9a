/*
 * A thread that sends beside the conductor: carries out its orders, one after the other, over its own part of the slice.
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { onWork } from '../worker-work.js';
import type { EgressTable } from './egress.js';
import { Sending, type SendingTerms } from './sending.js';
import { DONE, ORDER, OVER, STOP } from './shared-state.js';

export interface SenderWork extends SendingTerms {
  /** The table of ways out comes through here, and each new one. */
  readonly port: MessagePort;
}

/** A sleep ends late by about so much: the rest is spent looking at the clock. */
const SLEEP_LATE_MS = 0.08;
const LONGEST_SLEEP_MS = 100;

function serve(sending: Sending, { shared, port }: SenderWork): void {
  const { flags } = shared;
  const isStopped = (): boolean => Atomics.load(flags, STOP) !== 0;
  let done = 0;
  while (!isStopped()) {
    const order = Atomics.load(flags, ORDER);
    if (order === OVER) return;
    if (order === done) {
      Atomics.wait(flags, ORDER, done, 20);
      continue;
    }
    for (let news = receiveMessageOnPort(port); news; news = receiveMessageOnPort(port))
      sending.useWays(news.message as EgressTable);
    sending.begin();
    while (!sending.isDone && !isStopped()) {
      const restMs = sending.step();
      if (!sending.isDone && restMs > 2 * SLEEP_LATE_MS)
        Atomics.wait(flags, STOP, 0, Math.min(restMs - SLEEP_LATE_MS, LONGEST_SLEEP_MS));
    }
    done = order;
    Atomics.add(flags, DONE, 1);
  }
}

onWork<SenderWork>((work) => {
  const sending = new Sending(work);
  try {
    serve(sending, work);
  } finally {
    sending.close();
    work.port.close();
  }
});
