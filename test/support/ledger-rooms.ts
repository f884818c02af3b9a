/*
 * The ledger of a test's rooms: everything that it records, planted by SQL; what somebody does by hand who may do anything; and all
 * parts of it checked, one after the other.
 */
import { START } from '../../src/domain/ledger.js';
import { type Checkpoint, standingTrouble } from '../../src/domain/ledger-checkpoint.js';
import { CheckpointsService } from '../../src/ledger/checkpoints.service.js';
import { LedgerService } from '../../src/ledger/ledger.service.js';
import { LedgerKeeper } from '../../src/ledger/ledger-keeper.js';
import type { LedgerTrouble } from '../../src/ledger/ledger-trouble.js';
import { LedgerVerifier } from '../../src/ledger/ledger-verifier.js';
import { manyFindings, plantFindings } from './planted-findings.js';
import type { Rooms } from './rooms.js';

const INVENTORY = `version: 1
owners: { shop: { name: Shop } }
hosts: [{ name: web-1, address: 127.0.61.1, owner: shop, ports: [{ port: 80, expect: open }] }]
audits: [{ name: nightly, hosts: all, ports: declared }]
`;

export interface Verified {
  readonly entries: number;
  readonly rows: number;
  readonly checkpoints: number;
  readonly waiting: number;
  readonly troubles: LedgerTrouble[];
  readonly notes: string[];
}

export async function verifyAll(rooms: Rooms): Promise<Verified> {
  const verifier = rooms.app.get(LedgerVerifier);
  const [troubles, notes]: [LedgerTrouble[], string[]] = [[], []];
  let [entries, rows, checkpoints] = [0, 0, 0];
  for (let after = { seq: 0, hash: '0'.repeat(64) }; ; ) {
    const part = await verifier.part(after);
    troubles.push(...part.troubles);
    notes.push(...part.notes);
    entries += part.entries;
    rows += part.rows;
    checkpoints += part.checkpoints;
    after = part.standing;
    if (part.isLast) return { entries, rows, checkpoints, troubles, notes, waiting: part.waiting! };
  }
}

/** What a checkpoint that is held elsewhere says of the chain that is here; null where that goes through it. */
export async function heldTrouble(rooms: Rooms, held: Checkpoint): Promise<string | null> {
  const verifier = rooms.app.get(LedgerVerifier);
  for (let after = START; ; ) {
    const part = await verifier.part(after, held.seq);
    if (part.named) return standingTrouble(part.named, held);
    if (part.isLast) return standingTrouble(part.standing, held);
    after = part.standing;
  }
}

/** Lets the keeper work until there is nothing left to record. */
export async function keep(rooms: Rooms): Promise<void> {
  const keeper = rooms.app.get(LedgerKeeper);
  while ((await keeper.workOnce()) > 0);
}

/** With every trigger off, as only whoever runs the database may. */
export async function byHand(rooms: Rooms, ...statements: string[]): Promise<void> {
  await rooms.source.transaction(async (rows) => {
    await rows.query('set local session_replication_role = replica');
    for (const statement of statements) await rows.query(statement);
  });
}

/** A row or more of each source; returns the id of the run. */
export async function plantAll(rooms: Rooms, findings = 250): Promise<string> {
  const { id } = await rooms.load(INVENTORY);
  const [run] = await rooms.query(
    `insert into run (audit, due_at, trigger, inventory_version_id, vantage, state) values ('nightly', now(), 'manual', $1, 'local', 'due') returning id::text`,
    [id],
  );
  await plantFindings(rooms, manyFindings(3));
  await rooms.query(
    `insert into finding_event (finding_id, run_id, at, actor, from_state, to_state, why)
     select (select min(id) from finding), $1::bigint, now(), 'run ' || $1::bigint, 'open', 'open', 'seen again ' || place from generate_series(4, $2::int) as place`,
    [run!.id, findings],
  );
  await rooms.query(
    `insert into audit_log (at, actor, action, outcome) select now(), 'ada', 'POST /x', 'done ' || place from generate_series(1, 30) as place`,
  );
  await endRun(rooms, run!.id);
  return run!.id;
}

/** As a run ends, and its report is printed: each in a step of its own. */
async function endRun(rooms: Rooms, run: string): Promise<void> {
  await rooms.query(
    `insert into report (run_id, made_at, snapshot, snapshot_sha256) values ($1, now(), '{"run":1}', encode(sha256('{"run":1}'), 'hex'))`,
    [run],
  );
  await rooms.query(
    `update run set state = 'finished', verdict = 'drift', because = 'a test', finished_at = now() where id = $1`,
    [run],
  );
  await rooms.query(
    `update report set pdf = '\\x25504446', pdf_sha256 = encode(sha256('\\x25504446'), 'hex'), printed_at = now() where run_id = $1`,
    [run],
  );
}

export const ledgerOf = (rooms: Rooms): LedgerService => rooms.app.get(LedgerService);
export const checkpointsOf = (rooms: Rooms): CheckpointsService => rooms.app.get(CheckpointsService);
