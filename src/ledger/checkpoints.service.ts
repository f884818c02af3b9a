/*
 * Makes checkpoints: when somebody asks for one, and by itself after so many entries or a day. One is about the end of the chain, and
 * there is one an entry: whoever asks again before anything was recorded gets the same.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource, type EntityManager } from 'typeorm';
import { CHECKPOINT_FORMAT, type Checkpoint, type HeldCheckpoint } from '../domain/ledger-checkpoint.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { LOGGER } from '../platform/log.js';
import { Refusal } from '../platform/refusal.js';
import { LedgerCheckpointRow, LedgerEntryRow } from './ledger.entities.js';
import { LedgerKeyService } from './ledger-key.service.js';
import { aloneOnLedger } from './ledger-lock.service.js';
import { keyArts, signatureOf } from './ledger-signature.js';

const EVERY_ENTRIES = 1000;
const EVERY_MS = 86_400_000;

@Injectable()
export class CheckpointsService {
  /** What was told of a key that can't be used. */
  private told: string | null = null;

  constructor(
    private readonly database: DataSource,
    private readonly keys: LedgerKeyService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async latest(): Promise<Checkpoint | null> {
    const row = await latestRow(this.database.manager);
    return row && checkpointOf(row);
  }

  /** The last one with what leads from the first key to its own: to be held elsewhere. Null before there is any. */
  async held(): Promise<HeldCheckpoint | null> {
    const checkpoint = await this.latest();
    return checkpoint && { checkpoint, keyChanges: await this.keys.changes() };
  }

  /** Of the chain as it stands. Throws Refusal where there is nothing in it, or nothing to sign with. */
  async make(): Promise<Checkpoint> {
    const signed = await aloneOnLedger(this.database, (rows) => this.sign(rows));
    if (signed === null)
      throw new Refusal('conflict', 'the ledger has no entries yet; expected one to be recorded first');
    if (typeof signed === 'string') throw new Refusal('unavailable', `no checkpoint can be made: ${signed}`);
    return checkpointOf(signed);
  }

  /** Makes one where it is time; says once why it can't. */
  async keepUp(): Promise<void> {
    if (!(await this.isDue())) return;
    const signed = await aloneOnLedger(this.database, (rows) => this.sign(rows));
    const why = typeof signed === 'string' ? signed : null;
    if (why !== null && why !== this.told)
      this.log.warn({ because: why }, 'the ledger has no new checkpoint');
    this.told = why;
    if (signed === null || typeof signed === 'string') return;
    this.log.info({ entry: signed.seq, hash: signed.hash }, 'a checkpoint of the ledger was made');
  }

  private async isDue(): Promise<boolean> {
    const [end] = await lastEntries(this.database.manager);
    if (!end) return false;
    const last = await latestRow(this.database.manager);
    if (!last) return true;
    // Also where the clock was set back.
    const isOld = Math.abs(this.clock().getTime() - last.at.getTime()) >= EVERY_MS;
    if (end.seq <= last.seq) return false;
    if (isOld || end.seq - last.seq >= EVERY_ENTRIES) return true;
    // A new key signs soon that it is there.
    return last.keyId !== (await this.keys.known())?.id;
  }

  /** Null where there is nothing to sign; else why it can't be. */
  private async sign(rows: EntityManager): Promise<LedgerCheckpointRow | string | null> {
    const [end] = await lastEntries(rows);
    if (!end) return null;
    const last = await latestRow(rows);
    if (last && last.seq >= end.seq) return last;
    const found = await this.keys.current(rows);
    if (!found.ok) return found.why;
    const { publicKey, privateKey } = found.pair;
    const { seq, hash } = end;
    const at = this.clock();
    const keyId = keyArts.idOf(publicKey)!;
    const said = {
      format: CHECKPOINT_FORMAT,
      seq,
      hash,
      entries: seq,
      at: at.toISOString(),
      keyId,
      publicKey,
    } as const;
    const row = { seq, at, hash, keyId, publicKey, signature: signatureOf(privateKey, said) };
    await rows.insert(LedgerCheckpointRow, row);
    return row;
  }
}

/** As a file has it. */
export const checkpointOf = ({ seq, hash, at, ...row }: LedgerCheckpointRow): Checkpoint => ({
  ...{ format: CHECKPOINT_FORMAT, seq, hash, entries: seq, at: at.toISOString() },
  ...{ keyId: row.keyId, publicKey: row.publicKey, signature: row.signature },
});

async function latestRow(rows: EntityManager): Promise<LedgerCheckpointRow | null> {
  const [last] = await rows.find(LedgerCheckpointRow, { order: { seq: 'DESC' }, take: 1 });
  return last ?? null;
}

const lastEntries = (rows: EntityManager): Promise<Array<Pick<LedgerEntryRow, 'seq' | 'hash'>>> =>
  rows.find(LedgerEntryRow, { select: { seq: true, hash: true }, order: { seq: 'DESC' }, take: 1 });
