/*
 * The identity provider, by OpenID Connect: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636). What
 * it says of somebody is believed where its signature, issuer, audience, nonce and times are right, and nothing of it is kept but
 * who they are.
 *
 * It may be away: that is said, and tried again by whoever comes next. It is asked by TLS alone, but on this machine; whatever it
 * names of itself, no other address without TLS is asked.
 */
import { Inject, Injectable } from '@nestjs/common';
import * as oidc from 'openid-client';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../config.js';
import { groupsIn } from '../domain/group-roles.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { LOGGER } from '../platform/log.js';
import { Refusal } from '../platform/refusal.js';
import { isGuardedUrl, type SignOnConfig } from '../platform/sign-on-environment.js';

const TIMEOUT_SECONDS = 10;
/** By so much its clock and ours may differ. */
const SKEW_SECONDS = 60;
/** What it says of itself holds for so long. */
const KNOWN_MS = 3_600_000;
const CALLBACK = '/sign-in/provider/back';

/** What is kept between going there and coming back. */
export interface Errand {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Whom it vouches for. */
export interface Vouched {
  /** Issuer and subject: one person, whatever they are called. */
  readonly subject: string;
  /** As they are called there; may be empty. */
  readonly login: string;
  readonly name: string;
  readonly groups: readonly string[];
  /** Its own words, signed: it knows them again when somebody leaves. */
  readonly idToken: string | null;
}

@Injectable()
export class IdentityProvider {
  private known: { readonly provider: Promise<oidc.Configuration>; readonly atMs: number } | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** As people call it; null where there is none. */
  get name(): string | null {
    return this.config.signOn?.name ?? null;
  }

  /** Where somebody goes to be known, and what they have to bring back. */
  async begin(): Promise<{ url: string; errand: Errand }> {
    const { scopes } = this.settings;
    const errand = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
    };
    return this.asking(async (provider) => {
      const url = oidc.buildAuthorizationUrl(provider, {
        ...{ redirect_uri: this.callback.href, scope: scopes, state: errand.state, nonce: errand.nonce },
        ...{
          code_challenge: await oidc.calculatePKCECodeChallenge(errand.verifier),
          code_challenge_method: 'S256',
        },
      });
      if (!isGuardedUrl(url)) throw new Error(`it asks people to sign in without TLS, at ${url.origin}`);
      return { url: url.href, errand };
    });
  }

  /** @param query as the browser brings it back */
  async finish(query: string, { state, nonce, verifier }: Errand): Promise<Vouched> {
    const back = this.callback;
    back.search = query;
    return this.asking(async (provider) => {
      const tokens = await oidc.authorizationCodeGrant(provider, back, {
        ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
      });
      const said = tokens.claims();
      if (!said) throw new Error('it sent no ID token');
      const more = await this.moreOf(provider, tokens.access_token, said);
      return { ...vouchedBy({ ...more, ...said }, this.settings), idToken: tokens.id_token ?? null };
    });
  }

  /**
   * Where somebody signs out there as well; null where it has no such place, or does not say just now.
   *
   * @param hint the ID token of whoever leaves, so that it need not ask who that is
   */
  async signOutUrl(hint: string | null): Promise<string | null> {
    if (!this.config.signOn) return null;
    try {
      const provider = await this.provider();
      if (provider.serverMetadata().end_session_endpoint === undefined) return null;
      const back = `${this.config.publicUrl}/sign-in`;
      const who: Record<string, string> = hint === null ? {} : { id_token_hint: hint };
      const url = oidc.buildEndSessionUrl(provider, { post_logout_redirect_uri: back, ...who });
      if (!isGuardedUrl(url)) throw new Error(`it asks people to sign out without TLS, at ${url.origin}`);
      return url.href;
    } catch (error) {
      this.log.warn({ why: whyOf(error) }, 'the identity provider does not say where one signs out');
      return null;
    }
  }

  /** Many providers say who somebody is in the ID token, and their groups only where they are asked. */
  private async moreOf(
    provider: oidc.Configuration,
    accessToken: string,
    said: oidc.IDToken,
  ): Promise<Record<string, unknown>> {
    const isAll = groupsIn(said, this.settings.groupsClaim) !== null && said.name !== undefined;
    if (isAll || provider.serverMetadata().userinfo_endpoint === undefined) return {};
    return oidc.fetchUserInfo(provider, accessToken, said.sub);
  }

  private async asking<T>(work: (provider: oidc.Configuration) => Promise<T>): Promise<T> {
    const { name } = this.settings;
    try {
      return await work(await this.provider());
    } catch (error) {
      if (error instanceof Refusal) throw error;
      this.log.warn({ why: whyOf(error) }, 'a sign-in by the identity provider failed');
      if (error instanceof oidc.AuthorizationResponseError)
        throw new Refusal('forbidden', `${name} has not let you in (${error.error}); try again`);
      if (isAway(error))
        throw new Refusal(
          'unavailable',
          `${name} does not answer; whoever has a password here signs in by it`,
        );
      throw new Refusal(
        'forbidden',
        `what ${name} says of you can’t be believed; try again from the sign-in page`,
      );
    }
  }

  private provider(): Promise<oidc.Configuration> {
    const now = this.clock().getTime();
    // A clock that was set back has not made it any fresher.
    if (this.known && Math.abs(now - this.known.atMs) < KNOWN_MS) return this.known.provider;
    const provider = this.discover();
    this.known = { provider, atMs: now };
    provider.catch(() => {
      this.known = null;
    });
    return provider;
  }

  private discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    const client = { [oidc.clockTolerance]: SKEW_SECONDS };
    const execute = [oidc.enableNonRepudiationChecks];
    // Which addresses are asked by TLS alone is decided in guardedFetch.
    if (issuer.startsWith('http:')) execute.push(oidc.allowInsecureRequests);
    return oidc.discovery(new URL(issuer), clientId, client, authenticated(clientSecret?.reveal() ?? null), {
      ...{ execute, timeout: TIMEOUT_SECONDS, [oidc.customFetch]: guardedFetch },
    });
  }

  private get settings(): SignOnConfig {
    const { signOn } = this.config;
    if (!signOn)
      throw new Refusal(
        'not-found',
        'there is no single sign-on here; PORTOLAN_OIDC_ISSUER names a provider',
      );
    return signOn;
  }

  private get callback(): URL {
    return new URL(`${this.config.publicUrl}${CALLBACK}`);
  }
}

/** As the provider takes it: in the header where it does not say, in the body where it takes it there alone. */
function authenticated(secret: string | null): oidc.ClientAuth {
  if (secret === null) return oidc.None();
  const [basic, post] = [oidc.ClientSecretBasic(secret), oidc.ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const taken = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const how = taken.includes('client_secret_basic') ? basic : post;
    return how(server, client, body, headers);
  };
}

const guardedFetch: oidc.CustomFetch = (url, options) => {
  if (!isGuardedUrl(new URL(url)))
    throw new Error(`${new URL(url).origin} is not asked: it would be without TLS`);
  return fetch(url, options as RequestInit);
};

/** Nobody there, no answer in time, or one that says that it is not well. */
function isAway(error: unknown): boolean {
  if (error instanceof oidc.ResponseBodyError) return error.status >= 500;
  const { code, cause, message } = error as { code?: unknown; cause?: unknown; message?: unknown };
  if (code === 'OAUTH_TIMEOUT' || message === 'fetch failed') return true;
  if (cause instanceof Response) return cause.status >= 500;
  return cause instanceof Error && isAway(cause);
}

/** For the log: what went wrong, without what was sent, for there are codes and tokens in it. */
function whyOf(error: unknown): string {
  const { code, cause, message } = error as Error & { code?: unknown };
  const own = typeof code === 'string' ? `${message} (${code})` : message;
  return cause instanceof Error && cause.message !== message ? `${own}: ${whyOf(cause)}` : own;
}

function vouchedBy(
  claims: Readonly<Record<string, unknown>>,
  { groupsClaim }: SignOnConfig,
): Omit<Vouched, 'idToken'> {
  const text = (...names: string[]): string => {
    const found = names
      .map((name) => claims[name])
      .find((one) => typeof one === 'string' && one.trim() !== '');
    return typeof found === 'string' ? found.replace(/\p{C}/gu, '').trim().slice(0, 100) : '';
  };
  return {
    subject: `${claims.iss} ${claims.sub}`,
    login: text('preferred_username', 'email', 'sub'),
    name: text('name', 'preferred_username', 'email', 'sub'),
    groups: groupsIn(claims, groupsClaim) ?? [],
  };
}
