/*
 * The key that reports are signed with: the one that the environment names, else one of the service's own, made once. Its own lies in
 * the data folder beside the embedded database; where servers share a PostgreSQL it is a row there, encrypted as secrets are, and
 * all of them sign with the same.
 *
 * The promise: a key that can't be used is told of and never replaced by another: reports then are not signed, and say why. What failed
 * is tried again by whoever asks next, so that a mended file needs no restart.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource, type EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../../config.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { Keyring } from '../../platform/keyring.js';
import { LOGGER } from '../../platform/log.js';
import { Refusal } from '../../platform/refusal.js';
import { seal, unseal } from '../../platform/vault.js';
import { writeOnce } from '../../platform/write-once.js';
import { SigningKeyRow } from '../reports.entities.js';
import type { CertificateFacts } from './certificate.js';
import { type CurrentKey, givenFile, goodAt, type KeyFile, openKeyFile } from './given-key.js';
import type { SigningKey } from './signing-key.js';

const OWN_FILE = 'signing.p12';
const PLACE = { id: 'own', name: 'signing.p12' };

@Injectable()
export class SigningKeysService {
  private opened: { readonly digest: string; readonly key: SigningKey } | null = null;
  private turn: Promise<unknown> = Promise.resolve();
  private last: CurrentKey | null = null;

  constructor(
    private readonly database: DataSource,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Pick<Config, 'signing' | 'dataDir' | 'databaseUrl'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    keyring.keeps((rows) => this.reseal(rows));
  }

  /** As of whoever asked last; null where nobody has yet. Reads nothing. */
  get known(): CurrentKey | null {
    return this.last;
  }

  /** One after the other, so that one server makes one key. */
  current(): Promise<CurrentKey> {
    const turn = this.turn.then(() => this.find());
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  /** The certificate as anybody may have it. Throws Refusal where reports are not signed. */
  async certificate(): Promise<{ facts: CertificateFacts; pem: string }> {
    const found = await this.current();
    if (!found.ok) throw new Refusal('unavailable', `reports are not signed: ${found.why}`);
    const { certificate, facts } = found.key;
    return { facts, pem: certificate.x509.toString() };
  }

  private async find(): Promise<CurrentKey> {
    this.last = await this.read();
    return this.last;
  }

  private async read(): Promise<CurrentKey> {
    const file = await this.file();
    if (typeof file === 'string') return { ok: false, why: file };
    const digest = createHash('sha256').update(file.password).update('\0').update(file.bytes).digest('hex');
    if (this.opened?.digest !== digest) {
      const opened = await openKeyFile(file);
      if (!opened.ok) return opened;
      this.opened = { digest, key: opened.key };
    }
    return goodAt(this.opened.key, file.name, this.clock());
  }

  private async file(): Promise<KeyFile | string> {
    const { signing, databaseUrl, dataDir } = this.config;
    const given = await givenFile(signing);
    if (given !== null) return given;
    return databaseUrl === null ? this.ownFile(join(dataDir, OWN_FILE)) : this.ownRow();
  }

  private async ownFile(name: string): Promise<KeyFile | string> {
    const there = await readFile(name).catch((error: NodeJS.ErrnoException) => error);
    const { OWN_PASSWORD: password } = await import('./own-key.js');
    if (Buffer.isBuffer(there)) return { bytes: there, password, name };
    if (there.code !== 'ENOENT') return `${name} can’t be read: ${there.code}`;
    try {
      if (await writeOnce(name, await this.make()))
        this.log.info({ file: name }, 'a key for signing reports was made');
      return { bytes: await readFile(name), password, name };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      return `a key can’t be written to ${name}: ${code}`;
    }
  }

  private async ownRow(): Promise<KeyFile | string> {
    const keys = await this.keyring.keysOrWhy();
    if (typeof keys === 'string') return keys;
    const rows = this.database.getRepository(SigningKeyRow);
    const name = 'the service’s own key';
    const { OWN_PASSWORD: password } = await import('./own-key.js');
    let row = await rows.findOneBy({ id: PLACE.id });
    if (!row) {
      const { cipher, keyId } = seal(keys[0]!, PLACE, (await this.make()).toString('base64'));
      // Another server may have made one meanwhile: then that is everybody's.
      const values = { id: PLACE.id, cipher, keyId, madeAt: this.clock() };
      await rows.createQueryBuilder().insert().values(values).orIgnore().execute();
      row = await rows.findOneByOrFail({ id: PLACE.id });
    }
    const read = unseal(keys, { ...PLACE, cipher: row.cipher, keyId: row.keyId });
    if (read.ok) return { bytes: Buffer.from(read.value, 'base64'), password, name };
    // Somebody may bring its key back.
    this.keyring.forget();
    return read.because === 'changed'
      ? `${name} can’t be read: its row in the database is not what was written`
      : `${name} can’t be read: it was encrypted with another key (${row.keyId}); bring that back, or give one with PORTOLAN_SIGNING_P12`;
  }

  private async make(): Promise<Buffer> {
    const { makeOwnKey } = await import('./own-key.js');
    return makeOwnKey(`Portolan on ${hostname()}`.slice(0, 64), this.clock());
  }

  private async reseal(rows: EntityManager): Promise<string[]> {
    const row = await rows.findOneBy(SigningKeyRow, { id: PLACE.id });
    if (!row) return [];
    const { keys } = await this.keyring.keys();
    const read = unseal(keys, { ...PLACE, cipher: row.cipher, keyId: row.keyId });
    if (!read.ok) return ['the key that signs reports'];
    const { cipher, keyId } = seal(keys[0], PLACE, read.value);
    await rows.update(SigningKeyRow, { id: PLACE.id }, { cipher, keyId });
    return [];
  }
}
