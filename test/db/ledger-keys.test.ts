/*
 * The key that signs checkpoints is changed by a chain of keys, and never in silence: not where its file is lost, not where its row is
 * gone, and not by whoever puts another in its place.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { CONFIG, type Config } from '../../src/config.js';
import { ExportReader } from '../../src/domain/ledger-checkpoint.js';
import { checkpointChecks } from '../../src/domain/ledger-checks.js';
import { KeyRotationService } from '../../src/ledger/key-rotation.service.js';
import { LedgerQueries } from '../../src/ledger/ledger.queries.js';
import { LedgerExport } from '../../src/ledger/ledger-export.js';
import { LedgerKeyService } from '../../src/ledger/ledger-key.service.js';
import { LedgerReading } from '../../src/ledger/ledger-reading.js';
import { keyArts, makeKeyPair, sha256, signatureOf } from '../../src/ledger/ledger-signature.js';
import { Keyring } from '../../src/platform/keyring.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { byHand, checkpointsOf, keep, plantAll, verifyAll } from '../support/ledger-rooms.js';
import { openRoomsOn, type Rooms, standingClock } from '../support/rooms.js';

const clock = standingClock('2026-07-01T12:00:00Z');

describeOnBothDatabases('the keys of the ledger', (database) => {
  let rooms: Rooms;

  beforeAll(async () => {
    rooms = await openRoomsOn(database, clock);
  });
  afterAll(() => rooms.close());
  beforeEach(async () => {
    await rooms.empty();
    await plantAll(rooms);
    await keep(rooms);
  });

  const rotate = (isLost = false, why = 'a year has passed') =>
    rooms.app.get(KeyRotationService).rotate({ by: 'ada', why, isLost });
  const goOn = async (): Promise<void> => {
    await rooms.query(
      `insert into audit_log (at, actor, action, outcome) values (now(), 'ada', 'x', 'done')`,
    );
    await keep(rooms);
  };
  /** The key that encrypts it, as a file. */
  const loseFile = async (): Promise<void> => {
    await rm(join(rooms.app.get<Config>(CONFIG).dataDir, 'secret.key'));
    rooms.app.get(Keyring).forget();
    // As after a restart.
    (rooms.app.get(LedgerKeyService) as unknown as { opened: null }).opened = null;
  };

  it('are changed by the former one, which signs that the next comes; both are recorded, and all of it holds', async () => {
    const before = await checkpointsOf(rooms).make();
    const change = await rotate();
    expect(change).toMatchObject({ seq: before.seq, hash: before.hash, keyId: before.keyId });
    const after = await checkpointsOf(rooms).make();
    expect(after).toMatchObject({ seq: before.seq + 1, keyId: change.nextKeyId });
    await rotate();
    await goOn();
    const last = await checkpointsOf(rooms).make();
    expect(new Set([before.keyId, after.keyId, last.keyId]).size).toBe(3);
    expect(await verifyAll(rooms)).toMatchObject({ troubles: [], notes: [], waiting: 0 });
    const { keys, troubles } = await rooms.app.get(LedgerReading).keys();
    expect([keys.map(({ how }) => how), troubles]).toEqual([['first', 'introduced', 'introduced'], []]);
  });

  it('stand in an export, so that whoever holds the first key can tell', async () => {
    const { keyId } = await checkpointsOf(rooms).make();
    await rotate();
    await checkpointsOf(rooms).make();
    const reader = new ExportReader(sha256, () => false);
    for await (const part of rooms.app.get(LedgerExport).lines())
      for (const line of part.split('\n')) reader.line(line);
    const held = reader.end();
    if (!held.ok) throw new Error(held.why);
    expect(held.keyChanges).toHaveLength(1);
    const outcomes = checkpointChecks(held, keyId, keyArts).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['holds', 'holds']);
  });

  it('are found where somebody puts another in the place of the last', async () => {
    const { publicKey, privateKey } = makeKeyPair();
    const { keyId: _, signature: __, ...said } = await checkpointsOf(rooms).make();
    const forged = { ...said, publicKey, keyId: keyArts.idOf(publicKey)! };
    const signature = signatureOf(privateKey, forged);
    await byHand(
      rooms,
      `update ledger_checkpoint set public_key = '${publicKey}', key_id = '${forged.keyId}', signature = '${signature}'`,
    );
    expect((await verifyAll(rooms)).troubles.map(({ says }) => says)).toEqual([
      expect.stringMatching(
        `was signed with key ${forged.keyId}, which no key of this ledger has introduced`,
      ),
    ]);
    // Also where they put its row there too: then the changes of keys do not lead to it.
    await rotate();
    await byHand(rooms, `update ledger_key set public_key = '${publicKey}'`);
    expect((await verifyAll(rooms)).troubles.map(({ says }) => says).join('\n')).toMatch(
      `checkpoints are signed with key ${forged.keyId}, which no key before it has introduced`,
    );
  });

  it('are found where a change of them was altered or deleted', async () => {
    await checkpointsOf(rooms).make();
    await rotate();
    await checkpointsOf(rooms).make();
    await byHand(rooms, `update ledger_key_change set why = 'another'`);
    const altered = (await verifyAll(rooms)).troubles.map(({ what, says }) => `${what}: ${says}`).join('\n');
    expect(altered).toMatch(/rows: key-change 1?\d+, recorded .* 1 was altered/);
    expect(altered).toMatch(/key: the change of keys at entry \d+ does not hold/);
    await byHand(rooms, 'delete from ledger_key_change');
    const deleted = (await verifyAll(rooms)).troubles.map(({ says }) => says).join('\n');
    expect(deleted).toMatch(/1 is not there any more/);
    expect(deleted).toMatch(/no key of this ledger has introduced/);
    await rotate();
    await expect(rooms.query('update ledger_key_change set why = why')).rejects.toThrow(/append-only/);
  });

  it('are not replaced where the file that opens them is lost: it is said, and a new one is put there by name alone', async () => {
    const before = await checkpointsOf(rooms).make();
    await loseFile();
    await goOn();
    await expect(checkpointsOf(rooms).make()).rejects.toThrow(/was encrypted with another key/);
    const { unusable, keys } = await rooms.app.get(LedgerReading).keys();
    expect([unusable, keys[0]!.id]).toEqual([expect.stringMatching(/bring that back/), before.keyId]);
    await expect(rotate()).rejects.toThrow(
      /it can't sign which comes next: .* where it is lost for good, say so/,
    );
    const change = await rotate(true, 'the disk burned');
    expect(change).toMatchObject({ keyId: before.keyId, signature: null, by: 'ada' });
    const after = await checkpointsOf(rooms).make();
    expect(after.keyId).toBe(change.nextKeyId);
    expect(await verifyAll(rooms)).toMatchObject({
      troubles: [],
      notes: [
        expect.stringMatching(/no former key has introduced: ada put it there .* \(the disk burned\)$/),
      ],
    });
    const outcomes = checkpointChecks({ checkpoint: after, keyChanges: [change] }, before.keyId, keyArts);
    expect(outcomes.at(-1)).toMatchObject({ name: 'ledger-key', outcome: 'fails' });
  });

  it('are not made anew where their row is gone', async () => {
    const before = await checkpointsOf(rooms).make();
    await byHand(rooms, 'delete from ledger_key');
    await goOn();
    await expect(checkpointsOf(rooms).make()).rejects.toThrow(
      new RegExp(`${before.keyId}, is not in the database any more; bring it back`),
    );
    expect(await rooms.query('select * from ledger_key')).toEqual([]);
    expect(await rotate(true)).toMatchObject({ keyId: before.keyId, signature: null });
    expect((await checkpointsOf(rooms).make()).keyId).not.toBe(before.keyId);
  });

  it('are not said to be lost where they can be read, nor changed before the first checkpoint', async () => {
    await expect(rotate(true)).rejects.toThrow(/can be read, and is not lost/);
    await rooms.empty();
    await expect(rotate()).rejects.toThrow(/no checkpoint yet, and no key to be changed/);
  });

  it('are one chain where two change them at once', async () => {
    await checkpointsOf(rooms).make();
    await Promise.allSettled([rotate(), rotate(), rotate(), checkpointsOf(rooms).make()]);
    await goOn();
    await checkpointsOf(rooms).make();
    expect(await verifyAll(rooms)).toMatchObject({ troubles: [], waiting: 0 });
  });

  it('and what they sign may come while the chain is checked: none of it is a trouble', async () => {
    await checkpointsOf(rooms).make();
    const queries = rooms.app.get(LedgerQueries);
    const keys = rooms.app.get(LedgerKeyService);
    const read = queries.checkpointsAfter.bind(queries);
    const known = keys.known.bind(keys);
    let written = 0;
    const write = async (): Promise<void> => {
      written++;
      await rotate();
      await goOn();
      await checkpointsOf(rooms).make();
    };
    const between = [
      vi.spyOn(queries, 'checkpointsAfter').mockImplementationOnce(async (...of) => {
        await write();
        return read(...of);
      }),
      vi.spyOn(keys, 'known').mockImplementationOnce(async () => {
        await write();
        return known();
      }),
    ];
    expect(await verifyAll(rooms)).toMatchObject({ troubles: [], notes: [] });
    expect(written).toBe(2);
    for (const spy of between) spy.mockRestore();
    expect(await verifyAll(rooms)).toMatchObject({ troubles: [], waiting: 0 });
  });
});
