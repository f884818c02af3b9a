/*
 * The key that signs checkpoints: Ed25519, made once, one for all servers of a database, and encrypted there as secrets are.
 *
 * The promise: a key that can't be used is told of and never replaced in silence, for its checkpoints are held elsewhere: there are
 * none then, and whoever asks is told why (key-rotation.service.ts is the way to another). What failed is tried again by whoever asks
 * next.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource, type EntityManager } from 'typeorm';
import { KEY_CHANGE_FORMAT, type KeyChange, type PlainKey } from '../domain/ledger-keys.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Keyring } from '../platform/keyring.js';
import { LOGGER } from '../platform/log.js';
import { Refusal } from '../platform/refusal.js';
import { seal, unseal } from '../platform/vault.js';
import { LedgerCheckpointRow, LedgerKeyChangeRow, LedgerKeyRow } from './ledger.entities.js';
import { type KeyPair, keyArts, makeKeyPair, pemOf } from './ledger-signature.js';

const PLACE = { id: 'own', name: 'ledger key' };

export interface PublicKey {
  /** The SHA-256 of the key, in DER. */
  readonly id: string;
  readonly pem: string;
  /** SPKI in DER, in base64. */
  readonly publicKey: string;
}

type Found = { readonly ok: true; readonly pair: KeyPair } | { readonly ok: false; readonly why: string };

@Injectable()
export class LedgerKeyService {
  private opened: KeyPair | null = null;

  constructor(
    private readonly database: DataSource,
    private readonly keyring: Keyring,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    keyring.keeps((rows) => this.reseal(rows));
  }

  /** With its private part; made where there is none yet. Whoever signs asks while they hold the ledger: it may change before. */
  async current(rows: EntityManager = this.database.manager): Promise<Found> {
    const row = (await rowIn(rows)) ?? (await this.make(rows));
    if (typeof row === 'string') return { ok: false, why: row };
    if (this.opened?.publicKey === row.publicKey) return { ok: true, pair: this.opened };
    const keys = await this.keyring.keysOrWhy();
    if (typeof keys === 'string') return { ok: false, why: keys };
    const read = unseal(keys, { ...PLACE, cipher: row.cipher, keyId: row.keyId });
    if (read.ok) {
      this.opened = { publicKey: row.publicKey, privateKey: read.value };
      return { ok: true, pair: this.opened };
    }
    // Somebody may bring its key back.
    this.keyring.forget();
    const why =
      read.because === 'changed'
        ? 'the key that signs checkpoints can’t be read: its row in the database is not what was written'
        : `the key that signs checkpoints can’t be read: it was encrypted with another key (${row.keyId}); bring that back`;
    return { ok: false, why };
  }

  /** As anybody may have it; null where none was made yet. It needs no key of ours to be read. */
  async known(): Promise<PublicKey | null> {
    const row = await rowIn(this.database.manager);
    const id = row && keyArts.idOf(row.publicKey);
    return row && id ? { id, pem: pemOf(row.publicKey), publicKey: row.publicKey } : null;
  }

  /** Which key has introduced which, in their order. */
  async changes(): Promise<KeyChange[]> {
    const rows = await this.database.getRepository(LedgerKeyChangeRow).find({ order: { id: 'ASC' } });
    return rows.map(({ id: _, at, ...row }) => ({ format: KEY_CHANGE_FORMAT, at: at.toISOString(), ...row }));
  }

  /** Why the key that there is can't sign; null where it can, or none was made yet. */
  async trouble(): Promise<string | null> {
    const rows = this.database.manager;
    if ((await rowIn(rows)) === null && (await usedIn(rows)) === null) return null;
    const found = await this.current();
    return found.ok ? null : found.why;
  }

  /** The key that signs, or that signed last where it is not there any more; null before the first. */
  async former(rows: EntityManager): Promise<PlainKey | null> {
    const row = await rowIn(rows);
    return row ? plainOf(row.publicKey) : usedIn(rows);
  }

  /** Part of the transaction that says which key is next. Returns its public part. @param former the key that it replaces */
  async replace(rows: EntityManager, former: PlainKey): Promise<string> {
    const sealed = await this.sealed();
    if (typeof sealed === 'string') throw new Refusal('unavailable', `no key can be made: ${sealed}`);
    // Where it is not there at all, it is written anew.
    const table = rows.getRepository(LedgerKeyRow);
    if (!(await table.existsBy({ id: PLACE.id }))) {
      await table.insert(sealed);
      return sealed.publicKey;
    }
    const { affected } = await table.update({ id: PLACE.id, publicKey: former.publicKey }, sealed);
    if (affected !== 1) throw new Refusal('conflict', 'somebody else has changed the key meanwhile');
    return sealed.publicKey;
  }

  private async make(rows: EntityManager): Promise<LedgerKeyRow | string> {
    const used = await usedIn(rows);
    if (used !== null)
      return `the key that signs checkpoints, ${used.id}, is not in the database any more; bring it back from a backup`;
    const sealed = await this.sealed();
    if (typeof sealed === 'string') return sealed;
    const table = rows.getRepository(LedgerKeyRow);
    // Another server may have made one meanwhile: then that is everybody's.
    await table.createQueryBuilder().insert().values(sealed).orIgnore().execute();
    const row = await table.findOneByOrFail({ id: PLACE.id });
    if (row.publicKey === sealed.publicKey)
      this.log.info({ key: keyArts.idOf(row.publicKey) }, 'a key for checkpoints of the ledger was made');
    return row;
  }

  /** A new one, or why there can be none. */
  private async sealed(): Promise<LedgerKeyRow | string> {
    const keys = await this.keyring.keysOrWhy();
    if (typeof keys === 'string') return keys;
    const { publicKey, privateKey } = makeKeyPair();
    const { cipher, keyId } = seal(keys[0]!, PLACE, privateKey);
    return { id: PLACE.id, publicKey, cipher, keyId, madeAt: this.clock() };
  }

  private async reseal(rows: EntityManager): Promise<string[]> {
    const row = await rows.findOneBy(LedgerKeyRow, { id: PLACE.id });
    if (!row) return [];
    const { keys } = await this.keyring.keys();
    const read = unseal(keys, { ...PLACE, cipher: row.cipher, keyId: row.keyId });
    if (!read.ok) return ['the key that signs checkpoints of the ledger'];
    const { cipher, keyId } = seal(keys[0], PLACE, read.value);
    await rows.update(LedgerKeyRow, { id: PLACE.id }, { cipher, keyId });
    return [];
  }
}

const plainOf = (publicKey: string): PlainKey => ({ id: keyArts.idOf(publicKey) ?? '', publicKey });

/** The key that has signed last, or that was put in its place. */
async function usedIn(rows: EntityManager): Promise<PlainKey | null> {
  const [change] = await rows.find(LedgerKeyChangeRow, { order: { id: 'DESC' }, take: 1 });
  if (change) return plainOf(change.nextPublicKey);
  const [checkpoint] = await rows.find(LedgerCheckpointRow, { order: { seq: 'DESC' }, take: 1 });
  return checkpoint ? plainOf(checkpoint.publicKey) : null;
}

const rowIn = (rows: EntityManager): Promise<LedgerKeyRow | null> =>
  rows.findOneBy(LedgerKeyRow, { id: PLACE.id });
