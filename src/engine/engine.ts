/*
 * What every engine is: a plan in, observations out. What is added to an engine (polite rates, fragile hosts, handshakes
 * that confirm, canaries) is a function from engine to engine, so that each can be tested on a fake one.
 *
 * Promises of each: after an abort it hands out what it has and ends without an error; leaving the loop early stops it;
 * `watch` is told of a position as settled only when everything below it has been handed out.
 */
import type { Observation } from '../domain/observation.js';
import type { ScanPlan, ScanProgress } from '../domain/scan-plan.js';

export type Watch = (progress: ScanProgress) => void;
export type Engine = (plan: ScanPlan, signal: AbortSignal, watch?: Watch) => AsyncIterable<Observation>;
