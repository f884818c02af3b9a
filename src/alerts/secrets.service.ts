/*
 * Secrets of receivers, by name: the environment's, else the table's. Nobody but a sender is given one, and it is in the clear for
 * that one try.
 *
 * The promise: a value is in no log, no answer and no error. One that can't be read is said so in a sentence, and whoever wanted to
 * send with it waits: it may be readable again once its key is back.
 */
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource, type EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Keyring } from '../platform/keyring.js';
import { LOGGER } from '../platform/log.js';
import { Refusal } from '../platform/refusal.js';
import { type Key, seal, type Unsealed, unseal } from '../platform/vault.js';
import { SecretRow } from './secrets.entities.js';

export type Secret =
  | { readonly ok: true; readonly value: string }
  /** In a sentence that may be shown. */
  | { readonly ok: false; readonly why: string };

export interface ListedSecret {
  readonly name: string;
  readonly changedAt: Date;
  readonly changedBy: string;
  /** Does a variable of the environment stand in front of it? */
  readonly isOverridden: boolean;
  /** False where no key that is there fits it. */
  readonly isReadable: boolean;
}

export interface FoundSecret extends ListedSecret {
  readonly cipher: Buffer;
}

/** What is there; null where there is none of this name. */
type Refuse = (found: FoundSecret | null) => void;

export interface Rotated {
  readonly rotated: number;
  /** Names of those that no key fits: they stay as they are. */
  readonly unreadable: readonly string[];
}

/** Any number that nobody else takes on the same database: 'secr' in ASCII. */
const SECRETS_LOCK = 0x73656372;
const VALUE_MOST = 16_384;

@Injectable()
export class SecretsService {
  constructor(
    private readonly database: DataSource,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** See {@link Keyring.prepare}. */
  prepare(): Promise<string | null> {
    return this.keyring.prepare();
  }

  async get(name: string): Promise<Secret> {
    const given = this.config.secrets.get(variableEnd(name));
    if (given) return { ok: true, value: given.reveal() };
    const row = await this.database.getRepository(SecretRow).findOneBy({ name });
    if (!row)
      return {
        ok: false,
        why: `there is no secret ${name}; 'portolan secret set ${name}' keeps one, or PORTOLAN_SECRET_${variableEnd(name)} gives it`,
      };
    const keys = await this.keysOrWhy();
    if (typeof keys === 'string') return { ok: false, why: keys };
    const read = unseal(keys, row);
    if (read.ok) return read;
    // Somebody may bring its key back.
    this.keyring.forget();
    return { ok: false, why: whyUnread(name, row.keyId, read) };
  }

  /**
   * Keeps one, new or in place of what is there.
   *
   * @param refuse throws where what is there is not what whoever asks has seen
   */
  async set(name: string, value: string, by: string, refuse: Refuse = () => undefined): Promise<void> {
    checkName(name);
    if (value === '' || value.length > VALUE_MOST)
      throw new Refusal(
        'bad-input',
        `the secret ${name} is empty or too long; expected 1 to ${VALUE_MOST} characters`,
      );
    const { keys } = await this.keyring.keys();
    await this.alone(async (rows) => {
      const before = await rows.findOneBy(SecretRow, { name });
      refuse(before && { ...this.listed(before, keys), cipher: before.cipher });
      const sealed = seal(keys[0], { id: before?.id ?? randomUUID(), name }, value);
      await rows.save(rows.create(SecretRow, { ...sealed, changedAt: this.clock(), changedBy: by }));
    });
    this.log.info({ secret: name, by }, 'a secret was set');
  }

  /** By name; never what they are. */
  async list(): Promise<ListedSecret[]> {
    const rows = await this.database.getRepository(SecretRow).find({ order: { name: 'ASC' } });
    const keys = await this.keysOrWhy();
    return rows.map((row) => this.listed(row, keys));
  }

  /** With its cipher, which is another one at each change. */
  async one(name: string): Promise<FoundSecret> {
    const row = await this.database.getRepository(SecretRow).findOneBy({ name });
    if (!row) throw noSuch(name);
    return { ...this.listed(row, await this.keysOrWhy()), cipher: row.cipher };
  }

  /** @param refuse as for {@link set} */
  async remove(name: string, by: string, refuse: Refuse = () => undefined): Promise<void> {
    const keys = await this.keysOrWhy();
    await this.alone(async (rows) => {
      const row = await rows.findOneBy(SecretRow, { name });
      if (!row) throw noSuch(name);
      refuse({ ...this.listed(row, keys), cipher: row.cipher });
      await rows.delete(SecretRow, { name });
    });
    this.log.info({ secret: name, by }, 'a secret was removed');
  }

  /** Encrypts all anew, under the first key; who changed them and when stays. */
  async rotate(by: string): Promise<Rotated> {
    // A key may have been put before the others since the last look.
    this.keyring.forget();
    const { keys } = await this.keyring.keys();
    const done = await this.alone(async (rows) => {
      const unreadable: string[] = [];
      const all = await rows.find(SecretRow, { order: { name: 'ASC' } });
      for (const row of all) {
        const read = unseal(keys, row);
        if (read.ok) await rows.save(rows.create(SecretRow, { ...row, ...seal(keys[0], row, read.value) }));
        else unreadable.push(row.name);
      }
      const rotated = all.length - unreadable.length;
      return { rotated, unreadable: [...unreadable, ...(await this.keyring.resealAll(rows))] };
    });
    this.log.info({ ...done, by }, 'secrets were encrypted anew');
    return done;
  }

  private listed(row: SecretRow, keys: readonly Key[] | string): ListedSecret {
    const { name, changedAt, changedBy } = row;
    const isOverridden = this.config.secrets.has(variableEnd(name));
    const isReadable = typeof keys !== 'string' && unseal(keys, row).ok;
    return { name, changedAt, changedBy, isOverridden, isReadable };
  }

  private alone<T>(work: (rows: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [SECRETS_LOCK]);
      return work(rows);
    });
  }

  private async keysOrWhy(): Promise<readonly Key[] | string> {
    try {
      return (await this.keyring.keys()).keys;
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      throw error;
    }
  }
}

const noSuch = (name: string): Refusal =>
  new Refusal('not-found', `there is no secret ${checkName(name)} in the database`);

/** What a variable that gives this secret is called after PORTOLAN_SECRET_. */
const variableEnd = (name: string): string => name.toUpperCase().replace(/[^A-Z0-9]/g, '_');

/** The same as a receiver's `secret` in an inventory may be. */
function checkName(name: string): string {
  if (name.length >= 1 && name.length <= 100 && /^[^\s\p{C}]+$/u.test(name)) return name;
  throw new Refusal(
    'bad-input',
    'this is no name of a secret; expected 1 to 100 visible characters without spaces',
  );
}

function whyUnread(name: string, keyId: string, { because }: Exclude<Unsealed, { ok: true }>): string {
  if (because === 'changed')
    return `the secret ${name} can't be read: its row in the database is not what was written; set it anew`;
  return `the secret ${name} can't be read: it was encrypted with another key (${keyId.slice(0, 16)}); bring that key back, or set it anew`;
}
