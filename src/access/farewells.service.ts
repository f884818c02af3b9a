/*
 * What the identity provider said of somebody (their ID token), kept with their session for one thing: when they leave here, the
 * provider is told who leaves, and need not ask (OpenID Connect RP-Initiated Logout 1.0, §2, id_token_hint). Sealed by the keys of this
 * service, never in a browser before that, and gone with the session, or ten minutes after somebody has left.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Keyring } from '../platform/keyring.js';
import { seal, unseal } from '../platform/vault.js';
import { FarewellRow, type SealedValue, SessionRow } from './access.entities.js';
import { hashOf, newValue } from './one-time-value.js';

const LASTS_MS = 600_000;
/** It goes there in an address, and many servers take none that is much longer. */
const HINT_LONGEST = 6000;
const PLACE = 'ID token';

@Injectable()
export class FarewellsService {
  constructor(
    private readonly database: DataSource,
    private readonly keyring: Keyring,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param session its hash; what is sealed for it is of no use in another's place */
  async sealed(session: string, idToken: string | null): Promise<SealedValue | null> {
    if (idToken === null || idToken.length > HINT_LONGEST) return null;
    const { keys } = await this.keyring.keys();
    const { keyId, cipher } = seal(keys[0], { id: session, name: PLACE }, idToken);
    return { id: session, keyId, cipher: cipher.toString('base64') };
  }

  /** Whoever leaves: returns what their browser is known by for the moments after; null where there is nothing to be told. */
  async begin(session: string): Promise<string | null> {
    const now = this.clock();
    const row = await this.database.getRepository(SessionRow).findOneBy({ hash: hashOf(session) });
    if (!row?.idToken) return null;
    const value = newValue('');
    const endsAt = new Date(now.getTime() + LASTS_MS);
    await this.database.transaction(async (rows) => {
      await rows.insert(FarewellRow, { hash: hashOf(value), idToken: row.idToken!, endsAt });
      await rows.delete(FarewellRow, { endsAt: LessThan(now) });
    });
    return value;
  }

  /** What the provider is told; null where that is over, or can't be read any more. */
  async hintOf(value: string | undefined): Promise<string | null> {
    if (!value) return null;
    const row = await this.database.getRepository(FarewellRow).findOneBy({ hash: hashOf(value) });
    if (!row || row.endsAt <= this.clock()) return null;
    const { keys } = await this.keyring.keys();
    const { id, keyId, cipher } = row.idToken;
    const read = unseal(keys, { id, keyId, name: PLACE, cipher: Buffer.from(cipher, 'base64') });
    return read.ok ? read.value : null;
  }
}
