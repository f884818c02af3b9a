/*
 * A time-stamp authority on loopback that makes real RFC 3161 tokens, with another library than the one that reads them, and that can
 * be told to be slow, to refuse, or to lie.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Integer, ObjectIdentifier, OctetString, Sequence, Utf8String } from 'asn1js';
import {
  AlgorithmIdentifier,
  Attribute,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  MessageImprint,
  PKIStatusInfo,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';
import { derOf, type Holder, holder } from './signers.js';

export type Manners =
  | 'honest'
  | 'other-imprint' // about something else
  | 'other-nonce' // an old answer
  | 'part-of-chain' // without the certificate of the first issuer
  | 'refuses'
  | 'other-key' // signed with a key that is not its certificate's
  | 'no-authority' // with a certificate that is not for time stamps
  | 'silent' // takes the question and says nothing
  | 'slow' // an answer that does not end
  | 'endless' // an answer without end, quickly
  | 'elsewhere' // points at another place
  | 'broken' // a status of HTTP
  | 'breaks-off' // a connection without an answer
  | 'breaks-off-once' // and honest from then on
  | 'web-page';

export interface TimeStampHarbour {
  readonly url: string;
  manners: Manners;
  /** What it says the time is. */
  now: () => Date;
  readonly asked: () => number;
  close(): Promise<void>;
}

const SHA256 = '2.16.840.1.101.3.4.2.1';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';

export async function openTimeStampHarbour(): Promise<TimeStampHarbour> {
  const root = await holder('Harbour clocks', { isAuthority: true });
  const office = await holder('Harbour clock office', { isAuthority: true, by: root });
  const third = await holder('Harbour clock 3', { by: office, forTimeStamps: true });
  const clock = await holder('Harbour clock 1', { by: root, forTimeStamps: true });
  const other = await holder('Harbour clock 2', { by: root, forTimeStamps: true });
  const anybody = await holder('Harbour master', { by: root });
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    void answer(request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const harbour: TimeStampHarbour = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/stamp`,
    manners: 'honest',
    now: () => new Date(),
    asked: () => asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { manners } = harbour;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (manners === 'silent') return;
    if (manners === 'breaks-off-once') harbour.manners = 'honest';
    if (manners.startsWith('breaks-off')) return void request.socket.resetAndDestroy();
    if (manners === 'broken') return void response.writeHead(503).end('not now');
    if (manners === 'elsewhere')
      return void response.writeHead(307, { location: `${harbour.url}/other` }).end();
    response.writeHead(200, { 'content-type': 'application/timestamp-reply' });
    if (manners === 'web-page') return void response.end('<html>please sign in</html>');
    if (manners === 'slow') return void response.write(Buffer.of(0x30));
    if (manners === 'endless') return void response.end(Buffer.alloc(200_000, 0x30));
    const asks = TimeStampReq.fromBER(Buffer.concat(chunks));
    response.end(Buffer.from((await reply(asks)).toSchema().toBER(false)));
  }

  async function reply(asks: TimeStampReq): Promise<TimeStampResp> {
    const { manners } = harbour;
    if (manners === 'refuses')
      return new TimeStampResp({
        status: new PKIStatusInfo({
          status: 2,
          statusStrings: [new Utf8String({ value: 'no more stamps\u202e today' })],
        }),
      });
    const info = new TSTInfo({
      ...{
        version: 1,
        policy: '1.2.3.4.1',
        serialNumber: new Integer({ value: asked }),
        genTime: harbour.now(),
      },
      messageImprint: imprintOf(asks, manners),
      nonce: manners === 'other-nonce' ? new Integer({ value: 7 }) : asks.nonce!,
    });
    const isPart = manners === 'part-of-chain';
    const by = manners === 'no-authority' ? anybody : isPart ? third : clock;
    const key = manners === 'other-key' ? other.keys.privateKey : by.keys.privateKey;
    return new TimeStampResp({
      status: new PKIStatusInfo({ status: 0 }),
      timeStampToken: await tokenOf(info, by, key, isPart ? office : root),
    });
  }
  return harbour;
}

function imprintOf(asks: TimeStampReq, manners: Manners): MessageImprint {
  if (manners !== 'other-imprint') return asks.messageImprint;
  return new MessageImprint({
    hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA256 }),
    hashedMessage: new OctetString({ valueHex: sha256(Buffer.from('something else')) }),
  });
}

async function tokenOf(info: TSTInfo, by: Holder, key: CryptoKey, issuer: Holder): Promise<ContentInfo> {
  const content = Buffer.from(info.toSchema().toBER(false));
  const named = new Sequence({
    value: [
      new Sequence({
        value: [new Sequence({ value: [new OctetString({ valueHex: sha256(derOf(by.certificate)) })] })],
      }),
    ],
  });
  const attributes = [
    new Attribute({
      type: '1.2.840.113549.1.9.3',
      values: [new ObjectIdentifier({ value: '1.2.840.113549.1.9.16.1.4' })],
    }),
    new Attribute({ type: '1.2.840.113549.1.9.4', values: [new OctetString({ valueHex: sha256(content) })] }),
    new Attribute({ type: '1.2.840.113549.1.9.16.2.47', values: [named] }),
  ];
  const signedAttrs = new SignedAndUnsignedAttributes({ type: 0, attributes });
  const set = Buffer.from(signedAttrs.toSchema().toBER(false));
  set[0] = 0x31;
  const raw = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, set);
  const half = raw.byteLength / 2;
  const signature = new Sequence({
    value: [raw.slice(0, half), raw.slice(half)].map((part) => Integer.fromBigInt(bigIntOf(part))),
  });
  const hash = new AlgorithmIdentifier({ algorithmId: SHA256 });
  const data = new SignedData({
    version: 3,
    digestAlgorithms: [hash],
    encapContentInfo: new EncapsulatedContentInfo({
      eContentType: '1.2.840.113549.1.9.16.1.4',
      eContent: new OctetString({ valueHex: content }),
    }),
    certificates: [by.certificate, issuer.certificate],
    signerInfos: [
      new SignerInfo({
        ...{ version: 1, digestAlgorithm: hash, signedAttrs },
        sid: new IssuerAndSerialNumber({
          issuer: by.certificate.issuer,
          serialNumber: by.certificate.serialNumber,
        }),
        signatureAlgorithm: new AlgorithmIdentifier({ algorithmId: ECDSA_WITH_SHA256 }),
        signature: new OctetString({ valueHex: signature.toBER(false) }),
      }),
    ],
  });
  // The library would write it in pieces, as BER may and DER may not.
  data.encapContentInfo.eContent = new OctetString({ valueHex: content });
  return new ContentInfo({ contentType: '1.2.840.113549.1.7.2', content: data.toSchema(true) });
}

const bigIntOf = (bytes: ArrayBuffer): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const sha256 = (bytes: Uint8Array): ArrayBuffer =>
  Uint8Array.from(createHash('sha256').update(bytes).digest()).buffer;
