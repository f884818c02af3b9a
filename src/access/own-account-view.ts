/*
 * What the page of one's own account shows: how one signs in, where one is signed in, the tokens of one's programs.
 */
import { Inject, Injectable } from '@nestjs/common';
import { renderSVG } from 'uqr';
import { type Actor, permissionsOf } from '../domain/access.js';
import { PASSWORD_LEAST } from '../domain/password.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { instant } from '../platform/page-times.js';
import { IdentityProvider } from './identity-provider.js';
import { LiveDoor } from './live-door.js';
import { OwnAccount } from './own-account.js';
import { PasskeysService } from './passkeys.service.js';
import { LONGEST_DAYS } from './tokens.service.js';
import { newTotp } from './totp.js';

/** Shown now, and never again. */
export interface ShownOnce {
  readonly codes?: readonly string[];
  readonly token?: { readonly name: string; readonly value: string };
}

@Injectable()
export class OwnAccountView {
  constructor(
    private readonly own: OwnAccount,
    private readonly live: LiveDoor,
    private readonly provider: IdentityProvider,
    private readonly passkeys: PasskeysService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async of(id: string, sessionHash: string | null, actor: Actor, shown: ShownOnce) {
    const now = this.clock();
    const { account, sessions, tokens } = await this.own.view(id);
    const passkeys = await this.passkeys.of(id);
    const factor = account.totp === null && account.passwordHash !== null ? newTotp(account.login) : null;
    return {
      ...{ name: account.name, login: account.login, role: account.role, owners: account.owners },
      provider: account.subject === null ? null : (this.provider.name ?? 'single sign-on'),
      ...{
        hasPassword: account.passwordHash !== null,
        hasFactor: account.totp !== null,
        least: PASSWORD_LEAST,
      },
      codesLeft: account.recoveryHashes.length,
      factor: factor && { ...factor, qr: qrOf(factor.uri) },
      ...{ codes: shown.codes ?? null, token: shown.token ?? null },
      longestDays: LONGEST_DAYS,
      passkeys: passkeys.map(({ id: passkey, name, madeAt, usedAt, counter }) => ({
        ...{ id: passkey, name, made: instant(madeAt, now), used: usedAt && instant(usedAt, now) },
        count: Number(counter),
      })),
      permissions: permissionsOf({ ...actor, scopes: null }),
      sessions: sessions.map(({ hash, address, agent, seenAt, madeAt, endsAt }) => ({
        ...{ hash, address, agent: agent === '' ? 'a program without a name' : agent },
        ...{ seen: instant(seenAt, now), made: instant(madeAt, now), ends: instant(endsAt, now) },
        ...{ isThis: hash === sessionHash, streams: this.live.streamsOf(hash) },
      })),
      tokens: tokens.map(({ id: token, name, hint, scopes, endsAt, usedAt }) => ({
        ...{ id: token, name, hint, scopes: scopes?.join(', ') ?? 'all that your account may' },
        ...{ ends: instant(endsAt, now), used: usedAt && instant(usedAt, now) },
      })),
    };
  }
}

/** As a data address of an SVG, which the pages' policy lets in. */
function qrOf(uri: string): string {
  const svg = renderSVG(uri, { ecc: 'M', border: 2 });
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}
