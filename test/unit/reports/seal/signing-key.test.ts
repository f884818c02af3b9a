/* PKCS#12 files as operators have them: what can be signed with is, and what can't is told apart. */
import { verify } from 'node:crypto';
import { expect, it } from 'vitest';
import { goodAt, openKeyFile } from '../../../../src/reports/seal/given-key.js';
import { makeOwnKey, OWN_PASSWORD } from '../../../../src/reports/seal/own-key.js';
import { openSigningKey } from '../../../../src/reports/seal/signing-key.js';
import { holder, p12Of } from '../../../support/signers.js';

const WORD = 'a wörd';
const whyNot = async (file: Buffer, word = WORD): Promise<string> => {
  const opened = await openSigningKey(file, word);
  return opened.ok ? 'it opens' : opened.why;
};

it.each([['ECDSA'], ['RSA']])('%s: the key signs, and its certificate says so', async (kind) => {
  const { keys, certificate } = await holder('Clerk', kind === 'RSA' ? { rsa: true } : {});
  const opened = await openSigningKey(
    await p12Of({ key: keys.privateKey, certificates: [certificate] }, WORD),
    WORD,
  );
  if (!opened.ok) throw new Error(opened.why);
  const signature = await opened.key.signer.sign(Buffer.from('words'), 'SHA-256');
  expect(verify('sha256', Buffer.from('words'), opened.key.certificate.x509.publicKey, signature)).toBe(true);
  expect(opened.key.facts).toMatchObject({ subject: 'CN=Clerk', isSelfSigned: true });
});

it('the certificates of issuers may come first', async () => {
  const root = await holder('Board', { isAuthority: true });
  const clerk = await holder('Clerk', { by: root });
  const certificates = [root.certificate, clerk.certificate];
  const opened = await openSigningKey(await p12Of({ key: clerk.keys.privateKey, certificates }, WORD), WORD);
  if (!opened.ok) throw new Error(opened.why);
  expect(opened.key.facts).toMatchObject({ subject: 'CN=Clerk', issuer: 'CN=Board', isSelfSigned: false });
  expect(opened.key.signer.certificateChain).toHaveLength(1);
});

it('what can’t be signed with is told apart', async () => {
  const { keys, certificate } = await holder('Clerk');
  const other = await holder('Other');
  const good = await p12Of({ key: keys.privateKey, certificates: [certificate] }, WORD);
  expect(await whyNot(good, 'another')).toContain('its password is another one');
  expect(await whyNot(good, '')).toContain('its password is another one');
  expect(await whyNot(await p12Of({ key: null, certificates: [certificate] }, WORD))).toContain(
    'has no key in it',
  );
  expect(await whyNot(await p12Of({ key: keys.privateKey, certificates: [] }, WORD))).toContain(
    'no certificate for it',
  );
  const strange = await p12Of({ key: keys.privateKey, certificates: [other.certificate] }, WORD);
  expect(await whyNot(strange)).toContain('none of its certificates is of that key');
  for (const file of [
    Buffer.alloc(0),
    Buffer.from('words'),
    good.subarray(0, -1),
    Buffer.concat([good, good]),
  ])
    expect(await whyNot(file)).toBe('is no PKCS#12 file');
  expect(await whyNot(Buffer.from('3003020101', 'hex'))).toContain('can’t be read as a PKCS#12 file');
});

it('an own key is good for ten years, and not before or after', async () => {
  const made = new Date('2026-11-28T12:00:00.500Z');
  const bytes = await makeOwnKey('Portolan on bridge', made);
  const opened = await openKeyFile({ bytes, password: OWN_PASSWORD, name: 'signing.p12' });
  if (!opened.ok) throw new Error(opened.why);
  expect(opened.key.facts).toMatchObject({ subject: 'CN=Portolan on bridge', isSelfSigned: true });
  const at = (iso: string) => goodAt(opened.key, 'signing.p12', new Date(iso));
  expect(at('2026-11-28T12:00:01Z').ok).toBe(true);
  expect(at('2036-11-28T11:59:59Z').ok).toBe(true);
  expect(at('2036-11-28T12:00:01Z')).toEqual({
    ok: false,
    why: 'the certificate in signing.p12 can’t be signed with: it has expired, on 2036-11-28',
  });
  expect(at('2026-11-26T11:00:00Z')).toMatchObject({
    why: expect.stringContaining('only from 2026-11-27 on'),
  });
});
