/*
 * What every kind of report is made of. A source gathers what is recorded and makes the snapshot of it, once; everything after that is
 * a pure function of the snapshot: whether it adds up, and what its pages say.
 */
import type { ReportParameters } from '../../domain/report/parameters.js';
import type { ReportDocument } from '../drawing/document.js';
import type { Words } from '../drawing/words.js';

/** Reads what is recorded. @param at what is now. Throws a Refusal where the parameters name what there is not. */
export interface ReportSource<Snapshot> {
  draw(parameters: ReportParameters, at: Date): Promise<Snapshot>;
}

export interface KindOfReport<Snapshot> {
  /** Null where its numbers tie out; else what does not, in a sentence: such a report is refused. */
  readonly problem: (snapshot: Snapshot) => string | null;
  readonly document: (snapshot: Snapshot, words: Words) => ReportDocument;
}
