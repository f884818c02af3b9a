/*
 * The thread that seals one large report: seal-apart.ts. It has no key, and asks for what has to be signed.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Asker, answering } from '../../platform/thread.js';
import { factsOf, readCertificate } from './certificate.js';
import type { DeskAnswer, DeskQuestion, KeyFacts, SealTask } from './seal-apart.js';
import { type SealedPdf, sealPdf } from './seal-pdf.js';
import type { SigningKey } from './signing-key.js';
import type { Stamped } from './time-stamp-authority.js';

const { desk, evidence, key, isStamped, now } = workerData as SealTask;
const asker = new Asker<DeskQuestion, DeskAnswer>(desk);

answering<Uint8Array, SealedPdf>(parentPort!, (printed) =>
  sealPdf(printed, {
    ...{ evidence, now },
    key: typeof key === 'string' ? key : keyElsewhere(key),
    stamper: isStamped ? async (sha256) => (await asker.ask({ toStamp: copied(sha256) })) as Stamped : null,
  }),
);

function keyElsewhere(facts: KeyFacts): SigningKey {
  const certificate = readCertificate(Buffer.from(facts.certificate));
  return {
    signer: {
      ...facts,
      sign: async (bytes, algorithm) => (await asker.ask({ toSign: copied(bytes), algorithm })) as Uint8Array,
    },
    certificate,
    facts: factsOf(certificate),
  };
}

/** What is asked about is handed over, and here it is needed again. */
const copied = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
