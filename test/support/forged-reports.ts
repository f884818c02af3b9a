/*
 * Reports as somebody would forge them who has a key of their own: changed before they are sealed, by a library that lets one do
 * anything, or byte by byte; and signatures as nobody should make them.
 */
import { createHash, createPrivateKey, sign } from 'node:crypto';
import { PDF } from '@libpdf/core';
import { writeDer } from '../../src/reports/seal/der.js';
import { attachEvidence, type Evidence } from '../../src/reports/seal/evidence.js';
import { findSignature } from '../../src/reports/seal/pdf-signature.js';
import type { SigningKey } from '../../src/reports/seal/signing-key.js';
import { derOf, type Holder } from './signers.js';

/** Sealed without any of the checks that the seal makes of itself. */
export async function forged(
  print: Buffer,
  evidence: Evidence,
  key: SigningKey,
  change: (pdf: PDF) => void = () => undefined,
): Promise<Buffer> {
  const pdf = await PDF.load(print);
  await attachEvidence(pdf, evidence, new Date());
  change(pdf);
  const { bytes } = await pdf.sign({ signer: key.signer, signingTime: new Date(), fieldName: 'Portolan' });
  return Buffer.from(bytes);
}

export interface Segment {
  /** Null for what no table names. */
  readonly number: number | null;
  readonly bytes: Buffer;
}

/** A print with its objects as `edit` leaves them, and a table of places that fits. @param more lines of the table, as they are */
export function rebuilt(
  print: Buffer,
  edit: (segments: Segment[]) => Segment[],
  more: (places: ReadonlyMap<number, number>) => string = () => '',
  trailerMore = '',
): Buffer {
  const text = print.toString('latin1');
  const table = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(text)![1]);
  const [, count, rows, trailer] = /^xref\s+0 (\d+)\s+([\d\sfn]*?)trailer\s*<<([\s\S]*?)>>\s*startxref/.exec(
    text.slice(table),
  )!;
  const places = rows!
    .match(/\d{10} \d{5} [nf]/g)!
    .flatMap((row, number) => (row.endsWith('n') ? [[number, Number(row.slice(0, 10))] as const] : []))
    .sort(([, a], [, b]) => a - b);
  const segments = edit(
    places.map(([number, at], index) => ({
      number,
      bytes: print.subarray(at, places[index + 1]?.[1] ?? table),
    })),
  );
  const chunks = [print.subarray(0, places[0]![1])];
  const found = new Map<number, number>();
  let size = chunks[0]!.length;
  for (const { number, bytes } of segments) {
    if (number !== null) found.set(number, size);
    chunks.push(bytes);
    size += bytes.length;
  }
  const most = Math.max(Number(count), ...Array.from(found.keys(), (number) => number + 1));
  const lines = Array.from({ length: most }, (_, number) => {
    const place = found.get(number);
    return place === undefined ? '0000000000 65535 f \n' : `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const end = `xref\n0 ${most}\n${lines.join('')}${more(found)}trailer\n<<${trailer!.replace(/\/Size \d+/, `/Size ${most}`)}${trailerMore}>>\nstartxref\n${size}\n%%EOF\n`;
  return Buffer.concat([...chunks, Buffer.from(end, 'latin1')]);
}

export const segment = (number: number | null, text: string): Segment => ({
  number,
  bytes: Buffer.from(text, 'latin1'),
});

/** With another message in the place of its signature, over the same bytes. */
export function withMessage(report: Buffer, make: (digest: Buffer) => Buffer): Buffer {
  const found = findSignature(report);
  if (!found.found) throw new Error(found.why);
  const [before, after] = found.signed;
  const sum = createHash('sha256').update(before).update(after).digest();
  const hole = report.length - before.length - after.length - 2;
  const digits = make(sum).toString('hex').toUpperCase();
  if (digits.length > hole) throw new Error('its place is too small');
  return Buffer.concat([before, Buffer.from(`<${digits.padEnd(hole, '0')}>`), after]);
}

const oid = (hex: string): Buffer => Buffer.from(hex, 'hex');
export const OIDS = {
  data: oid('06092a864886f70d010701'),
  signedData: oid('06092a864886f70d010702'),
  contentType: oid('06092a864886f70d010903'),
  digest: oid('06092a864886f70d010904'),
  time: oid('06092a864886f70d010905'),
  certificate: oid('060b2a864886f70d010910020c'),
  certificateV2: oid('060b2a864886f70d010910022f'),
  sha1: oid('06052b0e03021a'),
  sha256: oid('0609608648016503040201'),
  ecdsaSha256: oid('06082a8648ce3d040302'),
  ecdsaSha1: oid('06072a8648ce3d0401'),
  rsaSha256: oid('06092a864886f70d01010b'),
} as const;

const sequence = (...parts: Buffer[]): Buffer => writeDer(0x30, ...parts);
const octets = (bytes: Buffer): Buffer => writeDer(0x04, bytes);
export const attribute = (name: Buffer, ...values: Buffer[]): Buffer =>
  sequence(name, writeDer(0x31, ...values));
const hash = (name: 'sha1' | 'sha256', bytes: Buffer): Buffer => createHash(name).update(bytes).digest();

/** The signed attributes of an honest message, by name, to be changed. */
export function attributesOf(digest: Buffer, { certificate }: Holder): Record<string, Buffer> {
  const time = new Date().toISOString().replace(/\D/g, '').slice(2, 14);
  return {
    contentType: attribute(OIDS.contentType, OIDS.data),
    time: attribute(OIDS.time, writeDer(0x17, Buffer.from(`${time}Z`))),
    digest: attribute(OIDS.digest, octets(digest)),
    certificateV2: certificateNamed(derOf(certificate)),
  };
}

/** ESS of the second version, of any bytes. */
export const certificateNamed = (der: Buffer): Buffer =>
  attribute(OIDS.certificateV2, sequence(sequence(sequence(octets(hash('sha256', der))))));

/** ESS of the first version, by SHA-1. */
export const firstVersionOf = ({ certificate }: Holder): Buffer =>
  attribute(OIDS.certificate, sequence(sequence(sequence(octets(hash('sha1', derOf(certificate)))))));

export interface MessageParts {
  readonly attributes: readonly Buffer[];
  readonly certificates?: readonly Buffer[];
  readonly unsigned?: readonly Buffer[];
  readonly hash?: Buffer;
  readonly algorithm?: Buffer;
  readonly version?: number;
  readonly times?: number;
  readonly by?: Holder;
}

/** A CMS message with one signer, signed by the key of `holder` as its certificate wants it. */
export async function messageOf(holder: Holder, parts: MessageParts): Promise<Buffer> {
  const { attributes, certificates, unsigned = [], version = 1, times = 1 } = parts;
  const { hash: named = OIDS.sha256, algorithm = OIDS.ecdsaSha256 } = parts;
  const set = writeDer(0x31, ...[...attributes].sort(Buffer.compare));
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', holder.keys.privateKey);
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const signature = sign(named === OIDS.sha1 ? 'sha1' : 'sha256', set, key);
  const tagged = Buffer.from(set);
  tagged[0] = 0xa0;
  const { issuer, serialNumber } = (parts.by ?? holder).certificate;
  const id = sequence(Buffer.from(issuer.toSchema().toBER(false)), Buffer.from(serialNumber.toBER(false)));
  const signer = sequence(
    writeDer(0x02, Buffer.of(1)),
    id,
    sequence(named),
    tagged,
    sequence(algorithm),
    octets(signature),
    ...(unsigned.length > 0 ? [writeDer(0xa1, ...unsigned)] : []),
  );
  const body = sequence(
    writeDer(0x02, Buffer.of(version)),
    writeDer(0x31, sequence(named)),
    sequence(OIDS.data),
    writeDer(0xa0, ...(certificates ?? [derOf(holder.certificate)])),
    writeDer(0x31, ...Array<Buffer>(times).fill(signer)),
  );
  return sequence(OIDS.signedData, writeDer(0xa0, body));
}
