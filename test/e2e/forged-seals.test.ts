/*
 * A signature that somebody has made by hand, over all of a report: whatever it leaves out, says twice or says weakly, the report is not
 * sound, and nothing crashes.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { verifyReport } from '../../src/reports/seal/verify-report.js';
import { driftSnapshot } from '../fixtures/report-snapshots.js';
import {
  attribute,
  attributesOf,
  certificateNamed,
  firstVersionOf,
  type MessageParts,
  messageOf,
  OIDS,
  withMessage,
} from '../support/forged-reports.js';
import { evidenceOf, htmlOf, keyOf, printed, sealed } from '../support/sealed-report.js';
import { derOf, type Holder, holder } from '../support/signers.js';

let owner: Holder;
let other: Holder;
let report: Buffer;
beforeAll(async () => {
  owner = await holder('Portolan on bridge');
  other = await holder('Somebody else');
  const [print] = await printed(htmlOf(driftSnapshot));
  report = (await sealed(print!, evidenceOf(driftSnapshot), await keyOf(owner))).pdf;
});

/** What the checks say of the same report with another message in it. */
async function judged(
  make: (honest: Record<string, Buffer>, digest: Buffer) => MessageParts | Promise<MessageParts>,
  by: Holder = owner,
  reshape: (message: Buffer) => Buffer = (message) => message,
): Promise<{ isSound: boolean; fails: string }> {
  let digest = Buffer.alloc(0);
  withMessage(report, (own) => {
    digest = Buffer.from(own);
    return Buffer.of(0x30, 0);
  });
  const message = reshape(await messageOf(by, await make(attributesOf(digest, by), digest)));
  const { isSound, checks } = await verifyReport(withMessage(report, () => message));
  const fails = checks.filter(({ outcome }) => outcome === 'fails').map(({ says }) => says);
  return { isSound, fails: fails.join('; ') };
}
const all = (honest: Record<string, Buffer>): Buffer[] => Object.values(honest);
const without = (honest: Record<string, Buffer>, name: string): Buffer[] =>
  Object.entries(honest).flatMap(([own, value]) => (own === name ? [] : [value]));

describe('a message by hand', () => {
  it('that is as it should be is sound', async () => {
    expect(await judged((honest) => ({ attributes: all(honest) }))).toEqual({ isSound: true, fails: '' });
  });

  it.each<[string, (honest: Record<string, Buffer>, digest: Buffer) => MessageParts, RegExp]>([
    ['no digest', (honest) => ({ attributes: without(honest, 'digest') }), /nothing was signed/],
    [
      'no type of content',
      (honest) => ({ attributes: without(honest, 'contentType') }),
      /another kind of content/,
    ],
    [
      'no certificate named',
      (honest) => ({ attributes: without(honest, 'certificateV2') }),
      /another certificate/,
    ],
    [
      'its certificate named by SHA-1 alone',
      (honest) => ({ attributes: [...without(honest, 'certificateV2'), firstVersionOf(owner)] }),
      /another certificate/,
    ],
    ['no time', (honest) => ({ attributes: without(honest, 'time') }), /when it was signed is not said/],
    [
      'the same said twice',
      (honest) => ({ attributes: [...all(honest), honest.digest!] }),
      /the same thing twice/,
    ],
    [
      'two values of one attribute',
      (honest, digest) => ({
        attributes: [
          ...without(honest, 'digest'),
          attribute(
            OIDS.digest,
            Buffer.concat([Buffer.of(4, 32), Buffer.alloc(32)]),
            Buffer.concat([Buffer.of(4, 32), digest]),
          ),
        ],
      }),
      /can’t be read/,
    ],
    [
      'a digest of something else',
      (honest) => ({
        attributes: [
          ...without(honest, 'digest'),
          attribute(OIDS.digest, Buffer.concat([Buffer.of(4, 32), Buffer.alloc(32)])),
        ],
      }),
      /changed after it was signed/,
    ],
    [
      'a hash of old',
      (honest) => ({ attributes: all(honest), hash: OIDS.sha1, algorithm: OIDS.ecdsaSha1 }),
      /hash that is not known/,
    ],
    [
      'the name of another algorithm',
      (honest) => ({ attributes: all(honest), algorithm: OIDS.rsaSha256 }),
      /not made with the key/,
    ],
    ['no certificate', (honest) => ({ attributes: all(honest), certificates: [] }), /is not in it/],
    [
      'only another certificate',
      (honest) => ({ attributes: all(honest), certificates: [derOf(other.certificate)] }),
      /is not in it/,
    ],
    [
      'one certificate more',
      (honest) => ({
        attributes: all(honest),
        certificates: [derOf(owner.certificate), derOf(other.certificate)],
      }),
      /those of its issuers/,
    ],
    [
      'another signer named',
      (honest) => ({ attributes: all(honest), by: other, certificates: [derOf(other.certificate)] }),
      /another certificate/,
    ],
    ['two signers', (honest) => ({ attributes: all(honest), times: 2 }), /can’t be read/],
    ['another version', (honest) => ({ attributes: all(honest), version: 3 }), /another version/],
    [
      'something that nobody has signed',
      (honest) => ({ attributes: all(honest), unsigned: [attribute(OIDS.time, Buffer.of(5, 0))] }),
      /parts that nobody has signed/,
    ],
    [
      'a time stamp that is none',
      (honest) => ({
        attributes: all(honest),
        unsigned: [attribute(Buffer.from('060b2a864886f70d010910020e', 'hex'), Buffer.of(0x30, 0))],
      }),
      /time stamp does not hold/,
    ],
  ])('with %s is not', async (_, make, says) => {
    const found = await judged(make);
    expect(found.isSound).toBe(false);
    expect(found.fails).toMatch(says);
  });

  it.each<[string, (message: Buffer) => Buffer]>([
    [
      'of indefinite length',
      (message) => Buffer.concat([Buffer.of(0x30, 0x80), message.subarray(4), Buffer.of(0, 0)]),
    ],
    [
      'with a length in more bytes than it needs',
      (message) => Buffer.concat([Buffer.of(0x30, 0x83, 0), message.subarray(2)]),
    ],
    ['with a length beyond its end', () => Buffer.from('3084ffffffff', 'hex')],
    ['with a length of nine bytes', () => Buffer.from('308901ffffffffffffffff00', 'hex')],
    ['of brackets alone', () => nested(700)],
    ['cut off', (message) => message.subarray(0, 200)],
    ['that is empty', () => Buffer.of(0x30, 0)],
  ])('%s is not', async (_, reshape) => {
    const found = await judged((honest) => ({ attributes: all(honest) }), owner, reshape);
    expect(found.isSound).toBe(false);
    expect(found.fails).not.toBe('');
  });
});

/** One sequence in another, so many times. */
function nested(times: number): Buffer {
  let inner = Buffer.of(0x30, 0);
  for (let time = 0; time < times; time++) {
    const head =
      inner.length < 128
        ? Buffer.of(0x30, inner.length)
        : Buffer.of(0x30, 0x82, inner.length >> 8, inner.length & 255);
    inner = Buffer.concat([head, inner]);
  }
  return inner;
}

describe('a key', () => {
  it('of RSA that is too short to be believed makes no sound report', async () => {
    const short = await holder('Short of bits', { rsa: true, bits: 1024 });
    const found = await judged((honest) => ({ attributes: all(honest), algorithm: OIDS.rsaSha256 }), short);
    expect(found).toEqual({ isSound: false, fails: expect.stringMatching(/1024 bits; expected 2048/) });
    const long = await holder('Long enough', { rsa: true });
    const good = await judged((honest) => ({ attributes: all(honest), algorithm: OIDS.rsaSha256 }), long);
    expect(good).toEqual({ isSound: true, fails: '' });
  });

  it('that is none, in a certificate that is named as it is, signs nothing', async () => {
    const whole = derOf(owner.certificate);
    const curve = Buffer.from('06082a8648ce3d030107', 'hex');
    const broken = Buffer.from(whole);
    broken[whole.indexOf(curve) + curve.length - 1] = 99;
    const named = certificateNamed(broken);
    const found = await judged((honest) => ({
      attributes: [...without(honest, 'certificateV2'), named],
      certificates: [broken],
    }));
    expect(found).toEqual({ isSound: false, fails: expect.stringMatching(/not made with the key/) });
  });

  it('whose certificate was issued by somebody who may issue none is nobody’s', async () => {
    const root = await holder('Harbour board', { isAuthority: true });
    const clerk = await holder('Clerk', { by: root, hasNoUsage: true });
    const forger = await holder('Harbour master', { by: clerk });
    const certificates = [forger, clerk, root].map((one) => derOf(one.certificate));
    const found = await judged((honest) => ({ attributes: all(honest), certificates }), forger);
    expect(found).toEqual({ isSound: false, fails: expect.stringMatching(/not those of its issuers/) });
  });
});
