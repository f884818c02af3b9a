/*
 * The thread that makes one form of one large report, a piece whenever it is asked: write-apart.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { FormName } from './report-forms.js';
import { batched } from './rows.js';
import { PIECE, type Written } from './write-apart.js';
import { type ReportEvidence, writeForm } from './write-form.js';

const { form, evidence } = workerData as { readonly form: FormName; readonly evidence: ReportEvidence };
let pieces: Iterator<string> | null = null;
parentPort!.on('message', () => parentPort!.postMessage(next()));

/** An error would lose its words on the way. */
function next(): Written {
  try {
    pieces ??= batched(writeForm(form, evidence), PIECE)[Symbol.iterator]();
    const { done, value } = pieces.next();
    return { piece: done ? null : (value as string) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
