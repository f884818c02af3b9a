/*
 * The hostile side of the ledger: whoever may do anything to the database alters, deletes, reorders and cuts off rows and chain, alone and
 * both together, or brings an older backup back. What by itself looks whole is found by a checkpoint that was held elsewhere, which
 * here is a report's.
 */
import { PDF } from '@libpdf/core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Checkpoint, checkpointTrouble, heldText } from '../../src/domain/ledger-checkpoint.js';
import { keyArts } from '../../src/ledger/ledger-signature.js';
import { checkpointInside } from '../../src/reports/seal/look-inside.js';
import { sealPdf } from '../../src/reports/seal/seal-pdf.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { forge } from '../support/forged-ledger.js';
import {
  byHand,
  checkpointsOf,
  heldTrouble,
  keep,
  ledgerOf,
  plantAll,
  verifyAll,
} from '../support/ledger-rooms.js';
import { openRoomsOn, type Rooms, standingClock } from '../support/rooms.js';

const clock = standingClock('2026-07-01T12:00:00Z');
const TABLES = ['finding_event', 'audit_log', 'ledger_entry', 'ledger_checkpoint', 'ledger_due'];

describeOnBothDatabases('a ledger that somebody changes who may do anything', (database) => {
  let rooms: Rooms;
  /** What a report had with it that somebody holds. */
  let held: Checkpoint;

  beforeAll(async () => {
    rooms = await openRoomsOn(database, clock);
  });
  afterAll(() => rooms.close());
  beforeEach(async () => {
    await rooms.empty();
    await plantAll(rooms);
    await keep(rooms);
    held = await fromReport();
    expect([await heldTrouble(rooms, held), (await verifyAll(rooms)).troubles]).toEqual([null, []]);
  });

  /** As the press seals one, and somebody reads it years later. */
  async function fromReport(): Promise<Checkpoint> {
    await checkpointsOf(rooms).make();
    const document = PDF.create();
    document.addPage();
    const ledger = heldText((await ledgerOf(rooms).held())!);
    const evidence = { run: null, text: '{}', sha256: 'x', ledger };
    const options = { evidence, key: 'nobody signs', stamper: null, now: clock() };
    const { pdf } = await sealPdf(await document.save(), options);
    const { checkpoint } = (await checkpointInside(Buffer.from(pdf)))!;
    expect(checkpointTrouble(checkpoint, keyArts)).toBeNull();
    return checkpoint;
  }

  const says = async (): Promise<string> =>
    (await verifyAll(rooms)).troubles.map((one) => one.says).join('\n');
  const ids = async (table: string): Promise<string[]> =>
    (await rooms.query(`select id::text from ${table} order by id`)).map(({ id }) => id);
  /** Makes it as it was, where a test does several deeds. */
  const each = async (deeds: ReadonlyArray<readonly [string, string[], RegExp]>): Promise<void> => {
    for (const table of TABLES) await rooms.query(`create table kept_${table} as select * from ${table}`);
    for (const [what, statements, found] of deeds) {
      await byHand(rooms, ...statements);
      expect(await says(), what).toMatch(found);
      for (const table of TABLES)
        await byHand(
          rooms,
          `delete from ${table}`,
          `insert into ${table} overriding system value select * from kept_${table}`,
        );
    }
    for (const table of TABLES) await rooms.query(`drop table kept_${table}`);
    expect(await says()).toBe('');
  };

  it('is found to have rows altered, deleted, reordered, cut off, or put in', async () => {
    const events = await ids('finding_event');
    const [first, second, last] = [events[3]!, events[4]!, events.at(-1)!];
    const copied = `(finding_id, run_id, at, actor, from_state, to_state, why)`;
    await each([
      ['altered', [`update finding_event set to_state = 'resolved' where id = ${first}`], /1 was altered \(/],
      ['deleted', [`delete from finding_event where id = ${first}`], /1 is not there any more/],
      [
        'reordered',
        [
          `create temporary table two on commit drop as select * from finding_event where id in (${first}, ${second})`,
          `delete from finding_event where id in (${first}, ${second})`,
          `insert into finding_event (id, ${copied.slice(1)} overriding system value select case id when ${first} then ${second} else ${first} end, finding_id, run_id, at, actor, from_state, to_state, why from two`,
        ],
        new RegExp(`2 were altered \\(${first}, ${second}\\)`),
      ],
      [
        'swapped',
        [
          `update finding_event set why = 'seen' where id in (${first}, ${last})`,
          `update finding_event set at = at + interval '1 second' where id = ${second}`,
        ],
        /2 were altered \(/,
      ],
      ['cut off', [`delete from finding_event where id > ${events[200]}`], /are not there any more/],
      ['all of it', ['delete from audit_log'], /30 are not there any more/],
      [
        'put in before all',
        [
          `insert into finding_event (id, ${copied.slice(1)} overriding system value select 0, finding_id, run_id, at, actor, from_state, to_state, why from finding_event where id = ${first}`,
        ],
        /1 was not there \(0\)/,
      ],
    ]);
  });

  it('is found to have entries altered, deleted, reordered, or cut off behind a checkpoint', async () => {
    await each([
      [
        'altered',
        [`update ledger_entry set at = at + interval '1 millisecond' where seq = 4`],
        /entry 4 is not what/,
      ],
      ['deleted', ['delete from ledger_entry where seq = 4'], /entry 4 is not there/],
      ['several', ['delete from ledger_entry where seq in (4, 5)'], /entries 4 to 5 are not there/],
      [
        'reordered',
        [
          'update ledger_entry set seq = 99 where seq = 4',
          'update ledger_entry set seq = 4 where seq = 5',
          'update ledger_entry set seq = 5 where seq = 99',
        ],
        /entry 4 is not what its hash says.*entry 5 is not what its hash says/s,
      ],
      [
        'cut off',
        ['delete from ledger_entry where seq > 5'],
        /the checkpoint of entry 8: that entry is not there/,
      ],
      ['beginning', ['delete from ledger_entry where seq < 3'], /entries 1 to 2 are not there/],
      ['marks', [`update ledger_entry set marks = ''`], /^$/],
    ]);
  });

  it('that was cut off with its rows and checkpoints holds by itself, and not as the report says', async () => {
    const [from] = await rooms.query(
      `select first_id::text as first from ledger_entry where source = 'audit-log' order by seq limit 1`,
    );
    await byHand(
      rooms,
      `delete from audit_log where id >= ${from!.first}`,
      `delete from ledger_entry where source = 'audit-log'`,
      'delete from ledger_checkpoint',
    );
    expect(await says()).toBe('');
    expect(await heldTrouble(rooms, held)).toMatch(
      /the chain ends with entry 7, and the checkpoint is about entry 8: its end was cut off/,
    );
    // It goes on, and others take the places of those: then they are not the same.
    await rooms.query(
      `insert into audit_log (at, actor, action, outcome) values (now(), 'bob', 'x', 'done')`,
    );
    await keep(rooms);
    expect(await says()).toBe('');
    expect(await heldTrouble(rooms, held)).toBe('entry 8 is not the one that the checkpoint is about');
  });

  it('that was made anew with the key itself holds by itself, and not as the report says', async () => {
    const events = await ids('finding_event');
    // Over the same rows it is the same chain.
    await forge(rooms);
    expect(await heldTrouble(rooms, held)).toBeNull();
    for (const deed of [
      `update finding_event set why = 'never' where id = ${events[7]}`,
      `delete from finding_event where id = ${events[8]}`,
      `update audit_log set actor = 'nobody'`,
    ]) {
      await byHand(rooms, deed);
      expect(await says(), deed).not.toBe('');
      await forge(rooms);
      expect(await says(), deed).toBe('');
      expect(await heldTrouble(rooms, held), deed).toBe(
        'entry 8 is not the one that the checkpoint is about',
      );
    }
  });

  it('that is an older backup brought back holds by itself, and not as what was held since', async () => {
    for (const table of TABLES) await rooms.query(`create table backup_${table} as select * from ${table}`);
    await rooms.query(
      `insert into audit_log (at, actor, action, outcome) select now(), 'ada', 'x', 'done ' || place from generate_series(1, 120) as place`,
    );
    await keep(rooms);
    const since = await fromReport();
    expect(since.seq).toBeGreaterThan(held.seq);
    for (const table of TABLES)
      await byHand(
        rooms,
        `delete from ${table}`,
        `insert into ${table} overriding system value select * from backup_${table}`,
      );
    for (const table of TABLES) await rooms.query(`drop table backup_${table}`);
    expect(await says()).toBe('');
    expect(await heldTrouble(rooms, held)).toBeNull();
    expect(await heldTrouble(rooms, since)).toMatch(/its end was cut off/);
    await rooms.query(
      `insert into audit_log (at, actor, action, outcome) select now(), 'eve', 'x', 'done ' || place from generate_series(1, 220) as place`,
    );
    await keep(rooms);
    expect(await says()).toBe('');
    expect(await heldTrouble(rooms, since)).toMatch(/is not the one that the checkpoint is about/);
  });
});
