/*
 * The settings as they are in force, by the names of their variables: for whoever runs the service. The promise: no password, key or
 * token is among them, also none that stands in an address.
 */
import type { Config } from '../config.js';

export interface Setting {
  readonly name: string;
  /** Null where it is not set. */
  readonly value: string | null;
}

const HIDDEN = '…';

export function settingsInForce(config: Config): Setting[] {
  const { signOn, listen, mail, keys, signing } = config;
  const host = listen.address.includes(':') ? `[${listen.address}]` : listen.address;
  const values: Record<string, string | number | null> = {
    PORTOLAN_INVENTORY: config.inventory,
    PORTOLAN_DATA: config.dataDir,
    DATABASE_URL: config.databaseUrl && withoutSecrets(config.databaseUrl, true),
    PORTOLAN_LISTEN: `${host}:${listen.port}`,
    PORTOLAN_URL: config.publicUrl,
    PORTOLAN_ACCESS: config.access,
    PORTOLAN_TRUSTED_PROXIES: listOf(config.trustedProxies),
    PORTOLAN_OIDC_ISSUER: signOn?.issuer ?? null,
    PORTOLAN_OIDC_CLIENT_ID: signOn?.clientId ?? null,
    PORTOLAN_OIDC_CLIENT_SECRET: signOn?.clientSecret ? HIDDEN : null,
    PORTOLAN_OIDC_SCOPES: signOn?.scopes ?? null,
    PORTOLAN_OIDC_GROUPS_CLAIM: signOn?.groupsClaim ?? null,
    PORTOLAN_OIDC_ROLES:
      signOn &&
      listOf(
        signOn.roles.map(
          ({ group, role, owners }) => `${group}=${role}${owners.length ? `:${owners.join('+')}` : ''}`,
        ),
      ),
    PORTOLAN_OIDC_NAME: signOn?.name ?? null,
    PORTOLAN_SIGNING_P12: signing.file,
    PORTOLAN_SIGNING_PASSWORD: signing.password ? HIDDEN : null,
    PORTOLAN_SIGNING_PASSWORD_FILE: signing.passwordFile,
    PORTOLAN_TSA_URL: signing.stampUrl && withoutSecrets(signing.stampUrl, false),
    PORTOLAN_REPORT_LOGO: config.letterhead.logo,
    PORTOLAN_REPORT_ORGANISATION: config.letterhead.organisation,
    PORTOLAN_OIDC_TOKEN_DAYS: signOn && config.signOnTokenDays,
    PORTOLAN_CHROMIUM: config.chromium,
    PORTOLAN_CHROMIUM_SANDBOX: config.chromiumSandbox,
    PORTOLAN_HISTORY_DAYS: config.historyDays,
    PORTOLAN_LOOKS_DAYS: config.looksDays,
    PORTOLAN_REPORTS_KEEP_DAYS: config.reportsKeepDays,
    PORTOLAN_RATE: config.ratePerSecond,
    PORTOLAN_HEARTBEAT_URL: config.heartbeatUrl && withoutSecrets(config.heartbeatUrl, false),
    PORTOLAN_SMTP_URL: mail.url && withoutSecrets(mail.url.reveal(), false),
    PORTOLAN_MAIL_FROM: mail.from,
    PORTOLAN_MAIL_TO: listOf(mail.to),
    PORTOLAN_PRIVATE_RECEIVERS: listOf(config.privateReceivers),
    PORTOLAN_KEY: keys.key ? HIDDEN : null,
    PORTOLAN_KEY_FILE: keys.file,
    ...Object.fromEntries([...config.secrets.keys()].map((name) => [`PORTOLAN_SECRET_${name}`, HIDDEN])),
    PORTOLAN_LOG_LEVEL: config.logLevel,
  };
  return Object.entries(values).map(([name, value]) => ({
    name,
    value: value === null ? null : String(value),
  }));
}

const listOf = (all: readonly string[]): string | null => (all.length === 0 ? null : all.join(', '));

/** Where it leads, and no more: a user may be a token, and so may be a path or a query. */
function withoutSecrets(text: string, withPath: boolean): string {
  if (!URL.canParse(text)) return HIDDEN;
  const { protocol, host, pathname, search, username, password } = new URL(text);
  const who = username || password ? `${HIDDEN}@` : '';
  const path = withPath ? pathname : pathname.length > 1 ? `/${HIDDEN}` : '';
  return `${protocol}//${who}${host}${path}${search ? `?${HIDDEN}` : ''}`;
}
