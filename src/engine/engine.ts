/*
 * What every engine is: a plan in, observations out. What is added to an engine (polite rates, fragile hosts, handshakes
 * that confirm, canaries) is a function from engine to engine, so that each can be tested on a fake one.
 *
 * Promises of each: after an abort it hands out what it has and ends without an error; leaving the loop early stops it;
 * `watch` is told of a position as settled only when everything below it has been handed out.
 */
import type { Observation } from '../domain/observation.js';
import type { EngineName, ScanPlan, ScanProgress } from '../domain/scan-plan.js';

export type Watch = (progress: ScanProgress) => void;
export type Engine = (plan: ScanPlan, signal: AbortSignal, watch?: Watch) => AsyncIterable<Observation>;

/** Loads no more than what is needed: the fast engines bring a foreign function interface with them. */
export async function loadEngine(name: EngineName): Promise<Engine> {
  if (name === 'syn') return (await import('./syn/syn-scan.js')).synScan;
  if (name === 'connect') return (await import('./connect/connect-scan.js')).connectScan;
  return (await import('./portable/portable-scan.js')).portableScan;
}
