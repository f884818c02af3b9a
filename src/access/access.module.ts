/*
 * Wires the access: the door that every request goes through, the record of what was done, and the pages of both.
 */
import { hostname } from 'node:os';
import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { CONFIG, type Config } from '../config.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { RequestBudgets } from '../platform/request-budgets.js';
import { AccessApi } from './access.api.js';
import { AccessPages } from './access.pages.js';
import { ACCESS_AROUND, type AccessAround } from './access-around.js';
import { AccountPages } from './account.pages.js';
import { AccountsService } from './accounts.service.js';
import { AuditLogService } from './audit-log.service.js';
import { AuditTrail } from './audit-trail.js';
import { DeviceCookies } from './device-cookies.js';
import { Doorkeeper } from './doorkeeper.js';
import { FarewellsService } from './farewells.service.js';
import { IdempotencyService } from './idempotency.service.js';
import { IdempotentWrites } from './idempotent-writes.js';
import { Identities } from './identities.js';
import { IdentityProvider } from './identity-provider.js';
import { LinkPages } from './link.pages.js';
import { LinksService } from './links.service.js';
import { LiveDoor } from './live-door.js';
import { LocalToken } from './local-token.js';
import { OwnAccountApi } from './own-account.api.js';
import { OwnAccount } from './own-account.js';
import { OwnAccountView } from './own-account-view.js';
import { PasskeySignIn } from './passkey-sign-in.js';
import { PasskeysPages } from './passkeys.pages.js';
import { PasskeysService } from './passkeys.service.js';
import { SealedNotes } from './sealed-notes.js';
import { SecondFactorService } from './second-factor.service.js';
import { SessionPages } from './session.pages.js';
import { SessionCookies } from './session-cookies.js';
import { SessionsService } from './sessions.service.js';
import { SignInPages } from './sign-in.pages.js';
import { SignInService } from './sign-in.service.js';
import { SignInGates } from './sign-in-gates.js';
import { SignOnPages } from './sign-on.pages.js';
import { SignOnService } from './sign-on.service.js';
import { StrikesService } from './strikes.service.js';
import { TokensService } from './tokens.service.js';

const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

@Module({
  controllers: [
    SignInPages,
    SignOnPages,
    SessionPages,
    LinkPages,
    PasskeysPages,
    AccountPages,
    AccessPages,
    AccessApi,
    OwnAccountApi,
  ],
  providers: [
    ...[AccountsService, SessionsService, TokensService, LinksService, StrikesService, AuditLogService],
    ...[
      SealedNotes,
      DeviceCookies,
      FarewellsService,
      IdentityProvider,
      SignOnService,
      LiveDoor,
      PasskeysService,
      PasskeySignIn,
      OwnAccountView,
      SecondFactorService,
      SignInGates,
      SignInService,
      OwnAccount,
      Identities,
      SessionCookies,
      Doorkeeper,
    ],
    IdempotencyService,
    {
      provide: RequestBudgets,
      useFactory: ({ requestsPerMinute }: Config, now: Clock) => new RequestBudgets(requestsPerMinute, now),
      inject: [CONFIG, CLOCK],
    },
    { provide: LocalToken, useFactory: ({ dataDir }: Config) => new LocalToken(dataDir), inject: [CONFIG] },
    { provide: ACCESS_AROUND, useFactory: aroundOf, inject: [CONFIG, CLOCK] },
    { provide: APP_GUARD, useExisting: Doorkeeper },
    // In this order: what is only answered again is no deed.
    { provide: APP_INTERCEPTOR, useClass: IdempotentWrites },
    { provide: APP_INTERCEPTOR, useClass: AuditTrail },
    { provide: APP_INTERCEPTOR, useExisting: LiveDoor },
  ],
  exports: [AccountsService, AuditLogService, Doorkeeper, LinksService, LocalToken, SecondFactorService],
})
export class AccessModule {}

function aroundOf({ publicUrl, listen }: Config, now: Clock): AccessAround {
  const address = ANY_ADDRESS.has(listen.address) ? hostname() : listen.address;
  const host = address.includes(':') ? `[${address}]` : address;
  const base = publicUrl ?? (listen.port === 0 ? '' : `http://${host}:${listen.port}`);
  return { now, linkTo: (path) => `${base}${path}` };
}
