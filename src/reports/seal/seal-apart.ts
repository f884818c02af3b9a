/*
 * Seals a report without keeping the service waiting: packing and hashing tens of megabytes takes seconds, which a thread of its own
 * spends. The key stays here: the thread asks for each signature, and for a time stamp.
 *
 * The thread runs in compiled form only: where there is none, a large report is sealed here too.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Signer } from '@libpdf/core';
import { PROJECT_ROOT } from '../../platform/project-root.js';
import { answering, Thread } from '../../platform/thread.js';
import type { Evidence } from './evidence.js';
import { type SealedPdf, type SealOptions, sealPdf, sha256Of, UNSIGNED } from './seal-pdf.js';
import type { SigningKey } from './signing-key.js';
import type { Stamped } from './time-stamp-authority.js';

/** Of the pages and the evidence together, in bytes: a tenth of a second. */
const LARGE = 1_000_000;
const THREAD = join(PROJECT_ROOT, 'dist/src/reports/seal/seal-worker.js');

/** What the thread is given; `desk` is where it asks. */
export interface SealTask {
  readonly desk: MessagePort;
  readonly evidence: Evidence;
  readonly key: KeyFacts | string;
  readonly isStamped: boolean;
  readonly now: Date;
}

/** All of a key but the key. */
export type KeyFacts = Pick<Signer, 'certificate' | 'certificateChain' | 'keyType' | 'signatureAlgorithm'>;

export type DeskQuestion =
  | { readonly toSign: Uint8Array; readonly algorithm: Parameters<Signer['sign']>[1] }
  | { readonly toStamp: Uint8Array };
export type DeskAnswer = Uint8Array | Stamped;

export async function sealApart(
  printed: Uint8Array,
  options: SealOptions,
  { signal, large = LARGE }: { signal?: AbortSignal; large?: number } = {},
): Promise<SealedPdf> {
  const { evidence, key, stamper, now } = options;
  if (printed.length + evidence.text.length < large || !existsSync(THREAD)) return sealPdf(printed, options);
  const { port1: desk, port2 } = new MessageChannel();
  answering<DeskQuestion, DeskAnswer>(desk, (question) => answerAt(question, options));
  const isStamped = stamper !== null;
  const task: SealTask = { desk: port2, evidence, key: factsOf(key), isStamped, now };
  const thread = new Thread<Uint8Array, SealedPdf>(THREAD, task, [port2]);
  const stop = (): void => void thread.end();
  signal?.addEventListener('abort', stop);
  try {
    // A copy: what is handed over is gone, and a Buffer's own slice would be none.
    return await thread.ask(new Uint8Array(printed));
  } catch (error) {
    // It is a report all the same: without its evidence, unsigned, and it says so.
    const why = error instanceof Error ? error.message : String(error);
    const seal = { ...UNSIGNED, unsignedBecause: `it could not be sealed: ${why}` };
    return { pdf: printed, sha256: sha256Of(printed), seal };
  } finally {
    signal?.removeEventListener('abort', stop);
    desk.close();
    await thread.end();
  }
}

async function answerAt(question: DeskQuestion, { key, stamper }: SealOptions): Promise<DeskAnswer> {
  if ('toStamp' in question) return stamper!(Buffer.from(question.toStamp));
  return (key as SigningKey).signer.sign(question.toSign, question.algorithm);
}

function factsOf(key: SigningKey | string): KeyFacts | string {
  if (typeof key === 'string') return key;
  const { certificate, certificateChain = [], keyType, signatureAlgorithm } = key.signer;
  return { certificate, certificateChain, keyType, signatureAlgorithm };
}
