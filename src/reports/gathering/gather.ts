/*
 * From what is recorded to the evidence of one report: read, put together, added up again, written and hashed. Everything that takes
 * long with many hosts happens in here, so that all of it can go to a thread of its own (gather-apart.ts).
 */
import type { ReportParameters } from '../../domain/report/parameters.js';
import { Refusal, type RefusalCode } from '../../platform/refusal.js';
import { KIND_SOURCES } from '../kinds/kind-sources.js';
import type { KindOfReport, ReportSource } from '../kinds/report-kind.js';
import type { Reading } from './reading.js';
import { type WrittenEvidence, writeEvidence } from './written-evidence.js';

export interface Asked {
  readonly parameters: ReportParameters;
  /** What is now. */
  readonly at: Date;
}

export interface Gathered extends WrittenEvidence {
  /** Null where its numbers tie out. */
  readonly problem: string | null;
}

/** Throws a Refusal where it can't be had. */
export function gather(asked: Asked, reading: Reading): Promise<Gathered> {
  const { source, kind } = KIND_SOURCES[asked.parameters.kind];
  return gatherFrom(source(reading), kind, asked);
}

export async function gatherFrom<Snapshot extends object>(
  source: ReportSource<Snapshot>,
  { problem }: Pick<KindOfReport<Snapshot>, 'problem'>,
  { parameters, at }: Asked,
): Promise<Gathered> {
  const snapshot = await source.draw(parameters, at);
  return { problem: problem(snapshot), ...(await writeEvidence(snapshot)) };
}

/** A refusal as words that cross from one thread to another. */
export interface Refused {
  readonly refused: { readonly code: RefusalCode; readonly message: string };
}

export async function gatheredOrRefused(asked: Asked, reading: Reading): Promise<Gathered | Refused> {
  try {
    return await gather(asked, reading);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { refused: { code: error.code, message: error.message } };
  }
}
