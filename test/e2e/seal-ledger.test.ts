/*
 * A report that has a checkpoint of the ledger inside: printed by a real browser, sealed, and read by nothing but the file.
 */
import { beforeAll, expect, it } from 'vitest';
import { heldText } from '../../src/domain/ledger-checkpoint.js';
import { makeKeyPair } from '../../src/ledger/ledger-signature.js';
import { checkpointInside } from '../../src/reports/seal/look-inside.js';
import type { SigningKey } from '../../src/reports/seal/signing-key.js';
import { verifyReport } from '../../src/reports/seal/verify-report.js';
import { driftSnapshot } from '../fixtures/report-snapshots.js';
import { chainOf, checkpointOf } from '../support/ledger-chain.js';
import { evidenceOf, htmlOf, keyOf, printed, sealed } from '../support/sealed-report.js';
import { holder } from '../support/signers.js';

const entries = chainOf(9);
const checkpoint = checkpointOf(entries[4]!);
let print: Buffer;
let key: SigningKey;

beforeAll(async () => {
  key = await keyOf(await holder('Portolan on bridge'));
  [print] = (await printed(htmlOf(driftSnapshot))) as [Buffer];
});

const made = async (ledger: string): Promise<Buffer> =>
  (await sealed(print, { ...evidenceOf(driftSnapshot), ledger }, key)).pdf;

it('is sound, says which entry the checkpoint is about, and has the pages that were printed', async () => {
  const report = await made(heldText({ checkpoint, keyChanges: [] }));
  const found = await verifyReport(report);
  expect(found.checks.filter(({ outcome }) => outcome === 'fails')).toEqual([]);
  expect([found.isSound, report.subarray(0, print.length).equals(print)]).toEqual([true, true]);
  const says = found.checks.find(({ name }) => name === 'checkpoint')!.says;
  expect(says).toBe(
    `ledger.json: the checkpoint of entry 5 of the ledger was signed at 2026-07-01T12:00:00.000Z with key ${checkpoint.keyId}`,
  );
  expect((await checkpointInside(report))?.checkpoint).toEqual(checkpoint);
});

it('is not sound where the checkpoint does not hold, or is none', async () => {
  const forged = { ...checkpoint, seq: 6, entries: 6 };
  for (const ledger of [heldText({ checkpoint: forged, keyChanges: [] }), '{}', '']) {
    const found = await verifyReport(await made(ledger));
    expect([found.isSound, found.isReport]).toEqual([false, true]);
    expect(found.checks.filter(({ outcome }) => outcome === 'fails').map(({ name }) => name)).toEqual([
      'checkpoint',
    ]);
  }
});

it('is held against the chain that somebody has from elsewhere', async () => {
  const report = await made(heldText({ checkpoint, keyChanges: [] }));
  const last = checkpointOf(entries.at(-1)!);
  const chain = { count: 9, troubles: [], standing: entries.at(-1)! };
  const outcome = async (there: typeof entries): Promise<string[]> => {
    const held = { checkpoint: last, keyChanges: [], chain: { ...chain, entries: there } };
    const { checks } = await verifyReport(report, [], { held, key: null });
    return checks
      .filter(({ says }) => says.includes('entry 5') && !says.includes('signed'))
      .map((one) => one.outcome);
  };
  expect(await outcome(entries)).toEqual(['holds']);
  expect(await outcome(entries.map((one) => ({ ...one, hash: one.previous })))).toEqual(['fails']);
  expect(await outcome([])).toEqual([]);
});

it('is told from one of another ledger by the key alone', async () => {
  const stranger = checkpointOf(entries[4]!, makeKeyPair());
  const report = await made(heldText({ checkpoint: stranger, keyChanges: [] }));
  const found = await verifyReport(report, [], { held: null, key: checkpoint.keyId });
  expect(found.checks.find(({ name }) => name === 'ledger-key')).toMatchObject({ outcome: 'fails' });
});
