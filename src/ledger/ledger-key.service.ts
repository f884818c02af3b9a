/*
 * The key that signs checkpoints: Ed25519, made once, one for all servers of a database, and encrypted there as secrets are.
 *
 * The promise: a key that can't be used is told of and never replaced by another, for its checkpoints are held elsewhere: there are
 * none then, and whoever asks is told why. What failed is tried again by whoever asks next.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource, type EntityManager } from 'typeorm';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Keyring } from '../platform/keyring.js';
import { LOGGER } from '../platform/log.js';
import { seal, unseal } from '../platform/vault.js';
import { LedgerKeyRow } from './ledger.entities.js';
import { type KeyPair, keyArts, makeKeyPair, pemOf } from './ledger-signature.js';

const PLACE = { id: 'own', name: 'ledger key' };

export interface PublicKey {
  /** The SHA-256 of the key, in DER. */
  readonly id: string;
  readonly pem: string;
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

  /** With its private part; made where there is none yet. */
  async current(): Promise<Found> {
    const row = (await this.row()) ?? (await this.make());
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
    const row = await this.row();
    const id = row && keyArts.idOf(row.publicKey);
    return row && id ? { id, pem: pemOf(row.publicKey) } : null;
  }

  private row(): Promise<LedgerKeyRow | null> {
    return this.database.getRepository(LedgerKeyRow).findOneBy({ id: PLACE.id });
  }

  private async make(): Promise<LedgerKeyRow | string> {
    const keys = await this.keyring.keysOrWhy();
    if (typeof keys === 'string') return keys;
    const { publicKey, privateKey } = makeKeyPair();
    const { cipher, keyId } = seal(keys[0]!, PLACE, privateKey);
    const rows = this.database.getRepository(LedgerKeyRow);
    const values = { id: PLACE.id, publicKey, cipher, keyId, madeAt: this.clock() };
    // Another server may have made one meanwhile: then that is everybody's.
    await rows.createQueryBuilder().insert().values(values).orIgnore().execute();
    const row = await rows.findOneByOrFail({ id: PLACE.id });
    if (row.publicKey === publicKey)
      this.log.info({ key: keyArts.idOf(publicKey) }, 'a key for checkpoints of the ledger was made');
    return row;
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
