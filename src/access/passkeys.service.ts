/*
 * Passkeys (WebAuthn, level 3): a key of a phone, a browser or a stick, which asks its owner for a finger or a PIN before it signs. It
 * is bound to this service's name, so that no other site can ask for it; with it alone its owner gets in.
 *
 * The browser keeps the challenge, sealed. Each is answered once: what was answered is written down until it would be over. A counter
 * that goes back tells of a copied key, which is refused.
 */
import { Inject, Injectable } from '@nestjs/common';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { type AccountRow, PasskeyRow, SpentChallengeRow } from './access.entities.js';
import { hashOf } from './one-time-value.js';
import { SealedNotes } from './sealed-notes.js';

/** It is long to load, and few commands need it. */
const webAuthn = () => import('@simplewebauthn/server');

const LASTS_MS = 300_000;
const MOST = 20;
const Begun = z.object({ challenge: z.string(), account: z.string().nullable() });

/** Where browsers reach the service: a key answers to its name alone. */
export interface Site {
  readonly origin: string;
}
const nameOf = ({ origin }: Site): string => new URL(origin).hostname;

@Injectable()
export class PasskeysService {
  constructor(
    private readonly database: DataSource,
    private readonly notes: SealedNotes,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async of(accountId: string): Promise<PasskeyRow[]> {
    return this.database.getRepository(PasskeyRow).find({ where: { accountId }, order: { id: 'ASC' } });
  }

  async has(accountId: string): Promise<boolean> {
    return this.database.getRepository(PasskeyRow).existsBy({ accountId });
  }

  async beginAdding(
    { id, login, name, subject }: AccountRow,
    site: Site,
  ): Promise<{ options: PublicKeyCredentialCreationOptionsJSON; note: string }> {
    if (subject !== null)
      throw new Refusal('conflict', 'you sign in at the identity provider; a passkey is added there');
    const known = await this.of(id);
    if (known.length >= MOST)
      throw new Refusal('conflict', `there are ${MOST} passkeys already; remove one first`);
    const options = await (await webAuthn()).generateRegistrationOptions({
      ...{ rpName: 'Portolan', rpID: nameOf(site), userName: login, userDisplayName: name },
      userID: new Uint8Array(Buffer.from(`account ${id}`)),
      attestationType: 'none',
      excludeCredentials: known.map(credentialOf),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    return { options, note: await this.noteOf('add', options.challenge, id) };
  }

  async add(
    accountId: string,
    name: string,
    response: unknown,
    note: string | undefined,
    site: Site,
  ): Promise<void> {
    const begun = await this.notes.open('passkey add', note, Begun);
    if (!begun || begun.account !== accountId) throw tooLate();
    const { verified, registrationInfo } = await believed(async () =>
      (await webAuthn()).verifyRegistrationResponse({
        response: response as RegistrationResponseJSON,
        ...{ expectedChallenge: begun.challenge, expectedOrigin: site.origin, expectedRPID: nameOf(site) },
        requireUserVerification: true,
      }),
    );
    if (!verified || !registrationInfo) throw notBelieved();
    const { id, publicKey, counter, transports } = registrationInfo.credential;
    await this.spend(begun.challenge);
    await this.database.transaction(async (rows) => {
      if (await rows.existsBy(PasskeyRow, { credential: id }))
        throw new Refusal('conflict', 'that passkey is here already');
      await rows.insert(PasskeyRow, {
        ...{ credential: id, accountId, name, counter: String(counter), madeAt: this.clock(), usedAt: null },
        ...{ publicKey: Buffer.from(publicKey).toString('base64url'), transports: transports ?? [] },
      });
    });
  }

  async remove(accountId: string, id: string): Promise<void> {
    const which = { id: /^\d{1,18}$/.test(id) ? id : '0', accountId };
    const { affected } = await this.database.getRepository(PasskeyRow).delete(which);
    if (!affected) throw new Refusal('not-found', 'there is no such passkey');
  }

  /** @param accountId whose passkeys are asked for; null for whichever the browser has */
  async beginSigning(
    accountId: string | null,
    site: Site,
  ): Promise<{ options: PublicKeyCredentialRequestOptionsJSON; note: string }> {
    const known = accountId === null ? [] : await this.of(accountId);
    const options = await (await webAuthn()).generateAuthenticationOptions({
      ...{ rpID: nameOf(site), userVerification: 'required', allowCredentials: known.map(credentialOf) },
    });
    return { options, note: await this.noteOf('sign', options.challenge, accountId) };
  }

  /** Returns whose it is. */
  async signed(response: unknown, note: string | undefined, site: Site): Promise<string> {
    const begun = await this.notes.open('passkey sign', note, Begun);
    if (!begun) throw tooLate();
    const credential = (response as { id?: unknown } | null)?.id;
    const key =
      typeof credential === 'string' && credential.length < 2000
        ? await this.database
            .getRepository(PasskeyRow)
            .findOneBy({ credential: credential.replaceAll('\0', '') })
        : null;
    if (!key || (begun.account !== null && begun.account !== key.accountId)) throw notBelieved();
    const { verified, authenticationInfo } = await believed(async () =>
      (await webAuthn()).verifyAuthenticationResponse({
        response: response as AuthenticationResponseJSON,
        ...{ expectedChallenge: begun.challenge, expectedOrigin: site.origin, expectedRPID: nameOf(site) },
        credential: {
          ...{ id: key.credential, counter: Number(key.counter) },
          publicKey: new Uint8Array(Buffer.from(key.publicKey, 'base64url')),
        },
        requireUserVerification: true,
      }),
    );
    if (!verified) throw notBelieved();
    await this.spend(begun.challenge);
    const used = { counter: String(authenticationInfo.newCounter), usedAt: this.clock() };
    await this.database.getRepository(PasskeyRow).update({ id: key.id }, used);
    return key.accountId;
  }

  private noteOf(what: 'add' | 'sign', challenge: string, account: string | null): Promise<string> {
    return this.notes.seal(`passkey ${what}`, { challenge, account }, LASTS_MS);
  }

  /** Of many who answer one challenge at once it is one that gets in. */
  private async spend(challenge: string): Promise<void> {
    const now = this.clock();
    const endsAt = new Date(now.getTime() + LASTS_MS);
    await this.database.query('delete from spent_challenge where ends_at < $1', [now]);
    const spent = await this.database
      .createQueryBuilder()
      .insert()
      .into(SpentChallengeRow)
      .values({ hash: hashOf(challenge), endsAt })
      .orIgnore()
      .returning('hash')
      .execute();
    if ((spent.raw as unknown[]).length !== 1) throw tooLate();
  }
}

const credentialOf = ({ credential, transports }: PasskeyRow) => ({
  id: credential,
  transports: transports as never,
});

const tooLate = (): Refusal => new Refusal('bad-input', 'that took too long, or has been used; begin again');
const notBelieved = (): Refusal => new Refusal('forbidden', 'that is no passkey of an account here');

/** Whatever is wrong with it, the package throws: it is what somebody sent. */
async function believed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch {
    throw notBelieved();
  }
}
