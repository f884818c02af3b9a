/*
 * The second factor of an account: a secret that an authenticator app shares, sealed at rest, and recovery codes for the day on
 * which it is lost, each good for once. It counts from the moment at which its owner has shown a code of it.
 */
import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Keyring } from '../platform/keyring.js';
import { Refusal } from '../platform/refusal.js';
import { type Key, seal, unseal } from '../platform/vault.js';
import { AccountRow, NO_FACTOR, type SealedValue } from './access.entities.js';
import { hashOf, newRecoveryCode, plainRecoveryCode } from './one-time-value.js';
import { stepOf } from './totp.js';

const RECOVERY_CODES = 10;
const PLACE = 'second factor';

@Injectable()
export class SecondFactorService {
  constructor(
    private readonly database: DataSource,
    private readonly keyring: Keyring,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    keyring.keeps((rows) => this.reseal(rows));
  }

  /** Begins with a code of it. Returns the recovery codes, which are shown once. */
  async begin(accountId: string, secret: string, code: string): Promise<string[]> {
    const step = stepOf(code, secret, this.clock(), null);
    if (step === null) throw new Refusal('bad-input', 'that is not the code that the app shows now');
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
    const { keys } = await this.keyring.keys();
    await this.database.getRepository(AccountRow).update(
      { id: accountId },
      {
        totp: sealed(keys[0], randomUUID(), secret),
        totpStep: String(step),
        recoveryHashes: codes.map((one) => hashOf(plainRecoveryCode(one))),
      },
    );
    return codes;
  }

  async end(accountId: string): Promise<void> {
    await this.database.getRepository(AccountRow).update({ id: accountId }, NO_FACTOR);
  }

  /** A code of the app, or a recovery code: true for it once. */
  async takes(accountId: string, typed: string): Promise<boolean> {
    return this.database.transaction(async (rows) => {
      const account = await rows.findOne(AccountRow, {
        where: { id: accountId },
        lock: { mode: 'pessimistic_write' },
      });
      if (!account?.totp) return false;
      const hash = hashOf(plainRecoveryCode(typed));
      if (account.recoveryHashes.includes(hash)) {
        const left = account.recoveryHashes.filter((one) => one !== hash);
        await rows.update(AccountRow, { id: accountId }, { recoveryHashes: left });
        return true;
      }
      const last = account.totpStep === null ? null : Number(account.totpStep);
      const step = stepOf(typed, await this.secretOf(account.totp), this.clock(), last);
      if (step === null) return false;
      await rows.update(AccountRow, { id: accountId }, { totpStep: String(step) });
      return true;
    });
  }

  private async reseal(rows: EntityManager): Promise<string[]> {
    const { keys } = await this.keyring.keys();
    const unreadable: string[] = [];
    for (const { id, login, totp } of await rows.find(AccountRow, {
      where: { totp: Not(IsNull()) },
      lock: { mode: 'pessimistic_write' },
    })) {
      const read = unseal(keys, opened(totp!));
      if (!read.ok) unreadable.push(`the second factor of ${login}`);
      else await rows.update(AccountRow, { id }, { totp: sealed(keys[0], totp!.id, read.value) });
    }
    return unreadable;
  }

  private async secretOf(totp: SealedValue): Promise<string> {
    const { keys } = await this.keyring.keys();
    const read = unseal(keys, opened(totp));
    if (read.ok) return read.value;
    throw new Refusal(
      'unavailable',
      'the second factor can’t be read with the keys that are here; use a recovery code',
    );
  }
}

function sealed(key: Key, id: string, secret: string): SealedValue {
  const { cipher, keyId } = seal(key, { id, name: PLACE }, secret);
  return { id, keyId, cipher: cipher.toString('base64') };
}

const opened = ({ id, keyId, cipher }: SealedValue) => ({
  ...{ id, keyId, name: PLACE, cipher: Buffer.from(cipher, 'base64') },
});
