/*
 * The ledger on a real database: everything is recorded once, whatever was changed by hand is found and named, and the chain stays one
 * however many write to it.
 */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { checkpointTrouble } from '../../src/domain/ledger-checkpoint.js';
import { LedgerExport } from '../../src/ledger/ledger-export.js';
import { keyArts } from '../../src/ledger/ledger-signature.js';
import { ReportsService } from '../../src/reports/reports.service.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { byHand, checkpointsOf, keep, ledgerOf, plantAll, verifyAll } from '../support/ledger-rooms.js';
import { openRoomsOn, type Rooms, standingClock } from '../support/rooms.js';

const clock = standingClock('2026-07-01T12:00:00Z');

describeOnBothDatabases('the ledger', (database) => {
  let rooms: Rooms;
  let run: string;

  beforeAll(async () => {
    rooms = await openRoomsOn(database, clock);
  });
  afterAll(() => rooms.close());
  beforeEach(async () => {
    await rooms.empty();
    run = await plantAll(rooms);
    await keep(rooms);
  });

  const sources = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (
        await rooms.query(
          'select source, sum(count)::int as rows from ledger_entry group by source order by source',
        )
      ).map(({ source, rows }) => [source, rows]),
    );
  const ids = async (table: string): Promise<string[]> =>
    (await rooms.query(`select id::text from ${table} order by id`)).map(({ id }) => id);

  it('has every row of every source once, and a checkpoint', async () => {
    expect(await sources()).toEqual({
      ...{ 'audit-log': 30, 'finding-event': 250, inventory: 1, print: 1, report: 1, run: 1 },
    });
    expect(await verifyAll(rooms)).toEqual({
      entries: 8,
      rows: 284,
      checkpoints: 1,
      troubles: [],
      notes: [],
      waiting: 0,
    });
    expect(await rooms.query('select * from ledger_due')).toEqual([]);
    const { seq, hash, checkpoint } = await ledgerOf(rooms).standing();
    expect(checkpoint).toMatchObject({ seq, hash, entries: 8 });
    expect(checkpointTrouble(checkpoint!, keyArts)).toBeNull();
  });

  it('says in clear which report and which PDF it is about', async () => {
    const [id] = await ids('report');
    const [report] = await rooms.query('select snapshot_sha256, pdf_sha256 from report');
    const [made] = await rooms.query(`select about from ledger_entry where source = 'report'`);
    const [print] = await rooms.query(`select about from ledger_entry where source = 'print'`);
    const { snapshot_sha256 } = report!;
    expect(made!.about).toEqual({ id, run_id: run, kind: 'exposure', snapshot_sha256 });
    expect(print!.about).toEqual({ id, run_id: run, ...report, certificate_sha256: null });
  });

  it('goes on from where it was, and records what is new alone', async () => {
    await rooms.query(
      `insert into audit_log (at, actor, action, outcome) values (now(), 'ada', 'sign-in', 'done')`,
    );
    await keep(rooms);
    expect(await verifyAll(rooms)).toMatchObject({ entries: 9, rows: 285, troubles: [], waiting: 0 });
    await keep(rooms);
    expect((await verifyAll(rooms)).entries).toBe(9);
  });

  it('finds each row that was edited by hand, and names it', async () => {
    const events = await ids('finding_event');
    const [entry] = (await ids('audit_log')).slice(-1);
    await byHand(
      rooms,
      `update finding_event set why = 'never' where id = ${events[7]}`,
      `update finding_event set at = at + interval '1 microsecond' where id = ${events[120]}`,
      `update finding_event set run_id = null where id = ${events[249]}`,
      `update finding set key = 'another' where id = (select finding_id from finding_event where id = ${events[2]})`,
      `update audit_log set actor = 'bob' where id = ${entry}`,
      `update run set verdict = 'clean'`,
      `update report set snapshot = '{"run":2}'`,
      `update report set pdf = '\\x00'`,
      `update inventory_version set sources = '[]'`,
    );
    const { troubles } = await verifyAll(rooms);
    const [report] = await ids('report');
    const [version] = await ids('inventory_version');
    expect(
      Object.fromEntries(troubles.map(({ entry: seq, source, altered }) => [`${source} ${seq}`, altered])),
    ).toEqual({
      ...{ 'inventory 1': [version], 'run 2': [run], 'report 3': [report], 'print 4': [report] },
      ...{ 'finding-event 5': [events[2], events[7]], 'finding-event 6': [events[120]] },
      ...{ 'finding-event 7': [events[249]], 'audit-log 8': [entry] },
    });
    expect(troubles.flatMap(({ missing, added }) => [...missing, ...added])).toEqual([]);
  });

  it('finds rows that were deleted, and names them', async () => {
    const all = await ids('finding_event');
    await byHand(
      rooms,
      `delete from finding_event where id in (${all[120]}, ${all[249]})`,
      `delete from run where id = ${run}`,
    );
    const { troubles } = await verifyAll(rooms);
    expect(troubles.flatMap(({ missing }) => missing)).toEqual([run, all[120], all[249]]);
    expect(troubles[1]!.says).toMatch(
      new RegExp(
        `^finding-event ${all[100]} to ${all[199]}, recorded .* 1 is not there any more \\(${all[120]}\\)$`,
      ),
    );
  });

  it('finds rows that were put in where others had been, and runs that never ended', async () => {
    const all = await ids('audit_log');
    await byHand(
      rooms,
      `insert into audit_log (id, at, actor, action, outcome) overriding system value values (${Number(all[0]) - 1}, now(), 'bob', 'x', 'done')`,
      `insert into run (audit, due_at, trigger, inventory_version_id, vantage, state) select 'other', now(), 'manual', max(id), 'local', 'finished' from inventory_version`,
    );
    const { troubles } = await verifyAll(rooms);
    expect(troubles.map(({ source, added }) => [source, added])).toEqual([
      ['audit-log', [String(Number(all[0]) - 1)]],
      ['run', [expect.any(String)]],
    ]);
  });

  it('finds an entry that was altered, taken out, moved or cut off', async () => {
    await rooms.query('create table kept as select * from ledger_entry');
    const deeds = [
      ['update ledger_entry set digest = hash where seq = 3', /entry 3 is not what its hash says/],
      ['update ledger_entry set count = count + 1 where seq = 3', /entry 3 is not what its hash says/],
      ['delete from ledger_entry where seq = 3', /entry 3 is not there/],
      ['update ledger_entry set seq = 90 where seq = 3', /entry 3 is not there/],
      ['delete from ledger_entry where seq > 6', /the checkpoint of entry 8: that entry is not there/],
    ] as const;
    for (const [deed, says] of deeds) {
      await byHand(rooms, deed);
      const { troubles } = await verifyAll(rooms);
      expect(troubles.map((one) => one.says)).toContainEqual(expect.stringMatching(says));
      await byHand(rooms, 'delete from ledger_entry', 'insert into ledger_entry select * from kept');
    }
    await rooms.query('drop table kept');
    expect((await verifyAll(rooms)).troubles).toEqual([]);
  });

  it('keeps its entries and checkpoints from being changed', async () => {
    for (const statement of [
      ...['update ledger_entry set seq = seq', 'delete from ledger_entry', 'truncate ledger_entry'],
      ...[
        'update ledger_checkpoint set hash = hash',
        'delete from ledger_checkpoint',
        'truncate ledger_checkpoint',
      ],
    ])
      await expect(rooms.query(statement), statement).rejects.toThrow(/append-only/);
  });

  it('is not there twice where a step failed half-way', async () => {
    await rooms.query(
      `insert into audit_log (at, actor, action, outcome) select now(), 'ada', 'x', 'done ' || place from generate_series(1, 350) as place`,
    );
    await rooms.query(`create function stumble() returns trigger language plpgsql as $$ begin
      if new.seq = 11 then raise exception 'killed'; end if; return new; end $$`);
    await rooms.query(
      'create trigger stumble before insert on ledger_entry for each row execute function stumble()',
    );
    await expect(keep(rooms)).rejects.toThrow(/killed/);
    await rooms.query('drop trigger stumble on ledger_entry');
    await rooms.query('drop function stumble');
    expect((await verifyAll(rooms)).waiting).toBe(350);
    await keep(rooms);
    expect(await verifyAll(rooms)).toMatchObject({ entries: 12, rows: 634, troubles: [], waiting: 0 });
  });

  it('records that a report was let go of, and still holds the rest of it to what it was', async () => {
    const [report] = await ids('report');
    await rooms.app.get(ReportsService).letGo([report!]);
    expect(await verifyAll(rooms)).toMatchObject({ troubles: [], waiting: 1 });
    await keep(rooms);
    expect(await sources()).toMatchObject({ 'report-let-go': 1 });
    expect(await verifyAll(rooms)).toMatchObject({ troubles: [], waiting: 0 });
    await byHand(rooms, `update report set pdf_sha256 = snapshot_sha256`);
    const named = (await verifyAll(rooms)).troubles.map(({ source }) => source);
    expect(named).toEqual(['print', 'report-let-go']);
  });

  it('finds a report whose evidence was taken out by hand, as if it had been let go of', async () => {
    const [report] = await ids('report');
    await byHand(rooms, 'update report set snapshot = null, pdf = null, let_go_at = now()');
    expect((await verifyAll(rooms)).troubles).toMatchObject([{ source: 'report-let-go', added: [report] }]);
  });

  it('records who has signed a report, and who has fetched it', async () => {
    const [report] = await ids('report');
    await rooms.query(
      `insert into report_signoff (report_id, owner, "by", at, statement, snapshot_sha256) values ($1, 'shop', 'ada', now(), 'so it is', 'x')`,
      [report],
    );
    await rooms.query(
      `insert into report_fetch (report_id, at, "by", how, form) values ($1, now(), 'ada', 'page', 'pdf')`,
      [report],
    );
    await keep(rooms);
    expect(await verifyAll(rooms)).toMatchObject({ rows: 286, troubles: [], waiting: 0 });
    await byHand(rooms, `update report_signoff set statement = 'so it is not'`, `delete from report_fetch`);
    expect((await verifyAll(rooms)).troubles).toMatchObject([
      { source: 'sign-off', altered: [expect.any(String)] },
      { source: 'report-fetch', missing: [expect.any(String)] },
    ]);
  });

  it('has a checkpoint after a day with something new, and one when somebody asks', async () => {
    const signed = async (): Promise<number[]> =>
      (await rooms.query('select seq::int from ledger_checkpoint order by seq')).map(({ seq }) => seq);
    clock.pass(90_000_000);
    await keep(rooms);
    expect(await signed()).toEqual([8]);
    await rooms.query(
      `insert into audit_log (at, actor, action, outcome) values (now(), 'ada', 'x', 'done')`,
    );
    await keep(rooms);
    expect(await signed()).toEqual([8, 9]);
    await rooms.query(
      `insert into audit_log (at, actor, action, outcome) values (now(), 'ada', 'x', 'done')`,
    );
    await keep(rooms);
    expect(await signed()).toEqual([8, 9]);
    const made = await checkpointsOf(rooms).make();
    expect(await checkpointsOf(rooms).make()).toEqual(made);
    expect(await signed()).toEqual([8, 9, 10]);
  });

  it('is exported up to its last checkpoint, which is the last line', async () => {
    await rooms.query(
      `insert into audit_log (at, actor, action, outcome) values (now(), 'ada', 'x', 'done')`,
    );
    await keep(rooms);
    let text = '';
    for await (const part of rooms.app.get(LedgerExport).lines()) text += part;
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 8]);
    expect(lines.at(-1)).toEqual(await checkpointsOf(rooms).latest());
  });
});
