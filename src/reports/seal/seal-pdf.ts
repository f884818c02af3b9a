/*
 * Seals a printed report: the evidence inside, and over the whole file a PAdES signature (ETSI EN 319 142-1), of level B-B, or B-T where
 * a time-stamp authority has answered. What Chromium printed stays as it is, byte for byte: tags, outline, title; all else is added
 * behind it.
 *
 * The promise: what is called signed has been verified as a reader would. Whatever goes wrong leaves a report that can be read, is not
 * signed, and says why.
 */
import { createHash } from 'node:crypto';
import type { PDF } from '@libpdf/core';
import { attachEvidence, type Evidence } from './evidence.js';
import { buildProblem } from './pdf-build.js';
import type { SigningKey } from './signing-key.js';
import type { Stamped, Stamper } from './time-stamp-authority.js';
import { verifySeal } from './verify-seal.js';

export interface Seal {
  /** The subject of the certificate; null where it is not signed. */
  readonly signedBy: string | null;
  readonly certificateSha256: string | null;
  readonly unsignedBecause: string | null;
  readonly stampedAt: Date | null;
  readonly stampedBy: string | null;
  /** Null as well where nobody was to be asked. */
  readonly unstampedBecause: string | null;
}

export interface SealedPdf {
  readonly pdf: Uint8Array;
  readonly sha256: string;
  readonly seal: Seal;
}

export interface SealOptions {
  readonly evidence: Evidence;
  /** Or why there is none. */
  readonly key: SigningKey | string;
  readonly stamper: Stamper | null;
  readonly now: Date;
}

export const UNSIGNED: Seal = {
  ...{ signedBy: null, certificateSha256: null, unsignedBecause: null },
  ...{ stampedAt: null, stampedBy: null, unstampedBecause: null },
};
/** For a signature with its certificates, and for a time stamp with those of its authority, in bytes. */
const SIGNATURE_PLACE = 4096;
const STAMP_PLACE = 16_384;

export async function sealPdf(printed: Uint8Array, options: SealOptions): Promise<SealedPdf> {
  const { pdf, seal } = await sealed(printed, options);
  return { pdf, sha256: sha256Of(pdf), seal };
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Sealed = Omit<SealedPdf, 'sha256'>;

async function sealed(printed: Uint8Array, options: SealOptions): Promise<Sealed> {
  let pdf = printed;
  try {
    pdf = await withEvidence(printed, options);
    if (typeof options.key === 'string') return unsigned(pdf, options.key);
    return await signed(printed, options.key, options);
  } catch (error) {
    return unsigned(pdf, `it could not be sealed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const unsigned = (pdf: Uint8Array, unsignedBecause: string): Sealed => ({
  pdf,
  seal: { ...UNSIGNED, unsignedBecause },
});

async function withEvidence(printed: Uint8Array, options: SealOptions): Promise<Uint8Array> {
  return (await prepared(printed, options)).save({ incremental: true });
}

async function prepared(printed: Uint8Array, { evidence, now }: SealOptions): Promise<PDF> {
  const { PDF } = await import('@libpdf/core');
  const pdf = await PDF.load(printed);
  await attachEvidence(pdf, evidence, now);
  return pdf;
}

async function signed(printed: Uint8Array, key: SigningKey, options: SealOptions): Promise<Sealed> {
  const { pdf, stamp } = await sign(printed, key, options);
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);
  if (!bytes.subarray(0, printed.length).equals(printed))
    throw new Error('what was printed did not stay as it was');
  const broken = verifySeal(bytes, [key.certificate]).checks.find(({ outcome }) => outcome === 'fails');
  if (broken) throw new Error(`its seal does not hold: ${broken.says}`);
  const problem = buildProblem(bytes);
  if (problem !== null) throw new Error(`it would not be taken for a report: ${problem}`);
  const { subject, sha256 } = key.facts;
  const isStamped = stamp?.ok === true;
  return {
    pdf,
    seal: {
      ...{ signedBy: subject, certificateSha256: sha256, unsignedBecause: null },
      stampedAt: isStamped ? stamp.at : null,
      stampedBy: isStamped ? stamp.by : null,
      unstampedBecause: stamp?.ok === false ? stamp.why : null,
    },
  };
}

/** Without a time stamp where its authority gives none. */
async function sign(
  printed: Uint8Array,
  key: SigningKey,
  options: SealOptions,
): Promise<{ pdf: Uint8Array; stamp: Stamped | null }> {
  const { stamper, now, evidence } = options;
  let stamp: Stamped | null = null;
  const common = {
    signer: key.signer,
    signingTime: now,
    fieldName: 'Portolan',
    reason: `${nameOf(evidence)}, as it was printed`,
  };
  const size = SIGNATURE_PLACE + 2 * chainBytes(key);
  if (stamper) {
    const timestampAuthority = {
      timestamp: async (sha256: Uint8Array): Promise<Uint8Array> => {
        stamp = await stamper(Buffer.from(sha256));
        if (!stamp.ok) throw new Unstamped();
        return stamp.token;
      },
    };
    try {
      const pdf = await prepared(printed, options);
      const estimatedSize = size + STAMP_PLACE;
      return { pdf: (await pdf.sign({ ...common, timestampAuthority, estimatedSize })).bytes, stamp };
    } catch (error) {
      if (!(error instanceof Unstamped)) throw error;
    }
  }
  // A document that was being signed is not to be used again.
  const pdf = await prepared(printed, options);
  return { pdf: (await pdf.sign({ ...common, estimatedSize: size })).bytes, stamp };
}

const nameOf = ({ run }: Evidence): string =>
  run === null ? 'Report' : `Report of run ${run.replace(/[^A-Za-z0-9:. -]/g, '?')}`;

class Unstamped extends Error {}

const chainBytes = ({ signer }: SigningKey): number =>
  [signer.certificate, ...(signer.certificateChain ?? [])].reduce((sum, { length }) => sum + length, 0);
