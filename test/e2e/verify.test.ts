/*
 * `portolan verify` as an auditor runs it: on a file, with the certificate that they hold, and with nothing else.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SigningKey } from '../../src/reports/seal/signing-key.js';
import { stamperOf } from '../../src/reports/seal/time-stamp-authority.js';
import { driftSnapshot } from '../fixtures/report-snapshots.js';
import { portolan } from '../support/program.js';
import { evidenceOf, keyOf, printed, sealed } from '../support/sealed-report.js';
import { derOf, type Holder, holder, pemOf } from '../support/signers.js';
import { openTimeStampHarbour } from '../support/time-stamp-harbour.js';

const folder = mkdtempSync(join(tmpdir(), 'portolan-verify-'));
const evidence = evidenceOf(driftSnapshot);
let owner: Holder;
let stranger: SigningKey;
let print: Buffer;
let report: Buffer;
let stamped: Buffer;

beforeAll(async () => {
  const harbour = await openTimeStampHarbour();
  owner = await holder('Portolan on bridge');
  const key = await keyOf(owner);
  stranger = await keyOf(await holder('Portolan on bridge'));
  print = (await printed([driftSnapshot]))[0]!;
  report = (await sealed(print, evidence, key)).pdf;
  const stamper = stamperOf(harbour.url, new AbortController().signal);
  stamped = (await sealed(print, evidence, key, { stamper })).pdf;
  await harbour.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: Buffer | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('portolan verify', () => {
  it('says what it has checked, and exits 0 for a sound report, without a database and anywhere', async () => {
    const path = file('report.pdf', stamped);
    const certificate = file('own.pem', pemOf(owner.certificate));
    const { code, stdout, stderr } = await portolan(['verify', path, '--certificate', certificate], {
      env: { PORTOLAN_DATA: '/nonexistent/data', DATABASE_URL: 'nonsense' },
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Sound: it is as it was signed.\n');
    expect(stdout.match(/^ {2}holds/gm)).toHaveLength(8);
    const der = await portolan([
      'verify',
      path,
      '--certificate',
      file('own.der', derOf(owner.certificate)),
      '--json',
    ]);
    expect(der.code).toBe(0);
    expect(JSON.parse(der.stdout)).toMatchObject({
      verdict: 'sound',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      signer: { subject: 'CN=Portolan on bridge', isSelfSigned: true },
      timeStamp: { authority: { subject: 'CN=Harbour clock 1' } },
      evidence: { sha256: evidence.sha256, run: '17' },
    });
  });

  it('exits 1 for what is changed, not signed, or somebody else’s', async () => {
    const changed = Buffer.from(report);
    changed[1000]! ^= 1;
    const altered = await portolan(['verify', file('changed.pdf', changed)]);
    expect(altered.code).toBe(1);
    expect(altered.stdout).toContain('FAILS        the file was changed after it was signed');
    expect(altered.stdout).toContain('Not sound: 1 check fails');
    expect(altered.stdout).not.toMatch(/Sound/);
    const unsigned = await sealed(print, evidence, 'nobody signs');
    expect((await portolan(['verify', file('unsigned.pdf', unsigned.pdf)])).code).toBe(1);
    const other = file('other.pem', stranger.certificate.x509.toString());
    expect((await portolan(['verify', file('mine.pdf', report), '--certificate', other])).code).toBe(1);
  });

  it('exits 2 where there is nothing to check', async () => {
    const path = file('again.pdf', report);
    for (const [args, says] of [
      [[file('print.pdf', print)], 'no report that Portolan has sealed'],
      [[file('words.txt', 'words')], 'no report that Portolan has sealed'],
      [[join(folder, 'nowhere.pdf')], "can't be read"],
      [[folder], "can't be read"],
      [[path, '--certificate', file('no.pem', 'words')], 'has no certificate; expected one, in PEM or DER'],
      [[path, '--certificate', join(folder, 'nowhere.pem')], "can't be read"],
    ] as const) {
      const { code, stdout, stderr } = await portolan(['verify', ...args]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(says);
    }
  });
});
