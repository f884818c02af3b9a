/*
 * Makes a form of a report without keeping the service waiting: of a large one in a thread of its own, which makes a piece when one is
 * asked for and holds no more than that, and which ends with whoever takes the file. A few threads at a time; others wait their turn.
 *
 * The thread runs in compiled form only: where there is none, a large report is made here too.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PROJECT_ROOT } from '../../platform/project-root.js';
import type { FormName } from './report-forms.js';
import { batched } from './rows.js';
import { type ReportEvidence, writeForm } from './write-form.js';

/** Characters of evidence: some 1,600 findings, and a tenth of a second. */
const LARGE = 1_000_000;
export const PIECE = 256 * 1024;
const MOST_THREADS = 2;
const THREAD = join(PROJECT_ROOT, 'dist/src/reports/forms/form-worker.js');

/** What the thread says when it is asked for a piece; null at the end. */
export type Written = { readonly piece: string | null } | { readonly problem: string };

let threads = 0;
const waiting: Array<() => void> = [];

/** @throws what is wrong with the evidence, at the first piece. */
export async function* writeApart(
  form: FormName,
  evidence: ReportEvidence,
  { large = LARGE }: { large?: number } = {},
): AsyncGenerator<string, void> {
  if (form === 'json') yield* piecesOf(evidence.text);
  else if (evidence.text.length < large || !existsSync(THREAD))
    yield* batched(writeForm(form, evidence), PIECE);
  else yield* byThread(form, evidence);
}

/** Never in the middle of a pair of surrogates, whose halves have no UTF-8. */
function* piecesOf(text: string): Iterable<string> {
  for (let at = 0; at < text.length; ) {
    const end = at + PIECE;
    const isSplit = /[\ud800-\udbff]/.test(text.charAt(end - 1));
    yield text.slice(at, isSplit ? end + 1 : end);
    at = isSplit ? end + 1 : end;
  }
}

async function* byThread(form: FormName, evidence: ReportEvidence): AsyncGenerator<string, void> {
  if (threads >= MOST_THREADS) await new Promise<void>((turn) => waiting.push(turn));
  else threads++;
  const thread = new Worker(THREAD, { workerData: { form, evidence } });
  const over = new AbortController();
  thread.once('exit', () => over.abort());
  try {
    for (;;) {
      thread.postMessage('more');
      const [said] = (await once(thread, 'message', { signal: over.signal })) as [Written];
      if ('problem' in said) throw new Error(said.problem);
      if (said.piece === null) return;
      yield said.piece;
    }
  } finally {
    await thread.terminate();
    const next = waiting.shift();
    if (next) next();
    else threads--;
  }
}
