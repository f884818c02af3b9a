/*
 * The service's configuration, from the environment, checked once at start. The only reader of process.env.
 */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { Concealed } from './platform/concealed.js';
import {
  MailFrom,
  MailTo,
  PrivateReceivers,
  PublicUrl,
  SecretKey,
  SmtpUrl,
  TrustedProxies,
} from './platform/environment-values.js';
import {
  LETTERHEAD_VARIABLES,
  type LetterheadConfig,
  letterheadOf,
} from './platform/letterhead-environment.js';
import { Refusal } from './platform/refusal.js';
import {
  SIGN_ON_VARIABLES,
  type SignOnConfig,
  signOnOf,
  signOnProblem,
} from './platform/sign-on-environment.js';
import {
  SIGNING_VARIABLES,
  type SigningConfig,
  signingOf,
  signingProblem,
} from './platform/signing-environment.js';

const Listen = z
  .string()
  .default('127.0.0.1:8080')
  .transform((text, context) => {
    const match = /^(.*):(\d{1,5})$/.exec(text);
    const port = Number(match?.[2]);
    const address = (match?.[1] ?? '').replace(/^\[|\]$/g, '');
    if (isIP(address) === 0 || port > 65535) {
      context.addIssue({
        code: 'custom',
        message: `'${text}' is no address and port; expected 127.0.0.1:8080`,
      });
      return z.NEVER;
    }
    return { address, port };
  });

const LOOPBACK = ['127.0.0.1', '::1'];

const optional = z.string().trim().min(1).optional();

/** With a user or password fetch would refuse it, once a minute, and repeat it in its message. */
const HeartbeatUrl = z
  .string()
  .trim()
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  }, 'expected http://… or https://…, without a user or password')
  .optional();

const Environment = z
  .object({
    PORTOLAN_INVENTORY: optional,
    PORTOLAN_DATA: z.string().trim().min(1).default('./data'),
    PORTOLAN_HISTORY_DAYS: z.coerce
      .number({ error: 'expected a whole number of days' })
      .int()
      .min(1)
      .max(4000)
      .default(400),
    PORTOLAN_LOOKS_DAYS: z.coerce
      .number({ error: 'expected a whole number of days' })
      .int()
      .min(1)
      .max(4000)
      .default(30),
    PORTOLAN_REPORTS_KEEP_DAYS: z.coerce
      .number({ error: 'expected a whole number of days' })
      .int()
      .min(1)
      .max(40_000)
      .optional(),
    PORTOLAN_LISTEN: Listen,
    PORTOLAN_ACCESS: z.enum(['accounts', 'open']).default('accounts'),
    PORTOLAN_TRUSTED_PROXIES: TrustedProxies,
    PORTOLAN_CHROMIUM: optional,
    PORTOLAN_CHROMIUM_SANDBOX: z.enum(['auto', 'on', 'off']).default('auto'),
    PORTOLAN_RATE: z.coerce
      .number({ error: 'expected a whole number of packets a second' })
      .int()
      .min(1)
      .max(10_000_000)
      .optional(),
    PORTOLAN_REQUESTS_PER_MINUTE: z.coerce
      .number({ error: 'expected a whole number of requests a minute' })
      .int()
      .min(10)
      .max(1_000_000)
      .default(3000),
    PORTOLAN_HEARTBEAT_URL: HeartbeatUrl,
    PORTOLAN_SMTP_URL: SmtpUrl,
    PORTOLAN_MAIL_FROM: MailFrom,
    PORTOLAN_MAIL_TO: MailTo,
    PORTOLAN_URL: PublicUrl,
    PORTOLAN_PRIVATE_RECEIVERS: PrivateReceivers,
    PORTOLAN_KEY: SecretKey,
    PORTOLAN_KEY_FILE: optional,
    PORTOLAN_SERVER: PublicUrl,
    PORTOLAN_TOKEN: z
      .string()
      .trim()
      .regex(/^[\x21-\x7e]{1,500}$/, 'expected a token, ptl_…')
      .transform((token) => new Concealed(token))
      .optional(),
    PORTOLAN_TOKEN_FILE: optional,
    ...SIGN_ON_VARIABLES,
    ...SIGNING_VARIABLES,
    ...LETTERHEAD_VARIABLES,
    PORTOLAN_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    DATABASE_URL: z
      .string()
      .refine(
        (url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url),
        'expected postgres://user:password@host:port/database',
      )
      .optional(),
  })
  // Without a sign-in nobody but this machine may reach the pages.
  .refine(
    ({ PORTOLAN_ACCESS, PORTOLAN_LISTEN: { address } }) =>
      PORTOLAN_ACCESS === 'accounts' || LOOPBACK.includes(address),
    {
      path: ['PORTOLAN_LISTEN'],
      message: 'only 127.0.0.1 or [::1] while PORTOLAN_ACCESS is open; expected for example 127.0.0.1:8080',
    },
  )
  .refine(
    ({ PORTOLAN_ACCESS, PORTOLAN_TRUSTED_PROXIES: proxies, PORTOLAN_URL: url }) =>
      PORTOLAN_ACCESS === 'accounts' || (proxies.length === 0 && (!url || isLoopbackUrl(url))),
    {
      path: ['PORTOLAN_ACCESS'],
      message:
        'open is for this machine alone: neither PORTOLAN_TRUSTED_PROXIES nor a PORTOLAN_URL elsewhere',
    },
  )
  .superRefine((values, context) => {
    const problem = signOnProblem(values) ?? signingProblem(values);
    if (problem) context.addIssue({ code: 'custom', path: [problem.path], message: problem.message });
  });

function isLoopbackUrl(url: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname);
}

export interface Config {
  /** A file or a folder; null where the service starts without an inventory. */
  readonly inventory: string | null;
  readonly dataDir: string;
  /** For how long history is kept. */
  readonly historyDays: number;
  /** For how long what each run saw, host by host, is kept beside its report. */
  readonly looksDays: number;
  /** For how long the content of reports is kept; null for ever. */
  readonly reportsKeepDays: number | null;
  /** null for the embedded database in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly listen: { readonly address: string; readonly port: number };
  /** `open`: no sign-in, and this machine alone; everybody on it may do everything. */
  readonly access: 'accounts' | 'open';
  /** Whose word for where a request comes from is believed. */
  readonly trustedProxies: readonly string[];
  readonly chromium: string | null;
  /** Chromium's own sandbox: `auto` goes without only where the machine forbids it. */
  readonly chromiumSandbox: 'auto' | 'on' | 'off';
  /** Packets a second, all scans of this database together; null for what the fastest audit may send alone. */
  readonly ratePerSecond: number | null;
  /** Of each token, account, or address of whom nobody knows. */
  readonly requestsPerMinute: number;
  /** Asked once a minute while the service is ready; null for nobody. */
  readonly heartbeatUrl: string | null;
  readonly mail: {
    /** Where mail leaves; null where it is put into a folder. */
    readonly url: Concealed | null;
    readonly from: string;
    /** Whoever runs the service. */
    readonly to: readonly string[];
  };
  /** The identity provider; null where everybody signs in here. */
  readonly signOn: SignOnConfig | null;
  /** How reports are signed. */
  readonly signing: SigningConfig;
  /** Whose reports they are, for their covers. */
  readonly letterhead: LetterheadConfig;
  /** So long after its last sign-in by the provider an account's tokens are refused. */
  readonly signOnTokenDays: number;
  /** Where its readers reach the service, without a slash at its end; null where nobody has said. */
  readonly publicUrl: string | null;
  /** Hosts inside one's own network that alerts may be sent to, in lower case. */
  readonly privateReceivers: readonly string[];
  readonly keys: {
    /** Encrypts secrets, in base64; null where a file has it. */
    readonly key: Concealed | null;
    /** A key a line; null for the one in the data folder. */
    readonly file: string | null;
  };
  /** Of the command line alone: which service it asks in place of the one here, and as whom. */
  readonly server: {
    readonly url: string | null;
    readonly token: Concealed | null;
    readonly tokenFile: string | null;
  };
  /** Secrets that the environment has, by the end of their variable's name. */
  readonly secrets: ReadonlyMap<string, Concealed>;
  readonly logLevel: string;
}

const SECRET_PREFIX = 'PORTOLAN_SECRET_';

export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = Environment.safeParse(given);
  if (!read.success) {
    const problems = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Refusal('bad-input', `the environment can't be used: ${problems.join('; ')}`);
  }
  const values = read.data;
  return {
    inventory: values.PORTOLAN_INVENTORY ? resolve(values.PORTOLAN_INVENTORY) : null,
    dataDir: resolve(values.PORTOLAN_DATA),
    historyDays: values.PORTOLAN_HISTORY_DAYS,
    looksDays: values.PORTOLAN_LOOKS_DAYS,
    reportsKeepDays: values.PORTOLAN_REPORTS_KEEP_DAYS ?? null,
    databaseUrl: values.DATABASE_URL ?? null,
    listen: values.PORTOLAN_LISTEN,
    access: values.PORTOLAN_ACCESS,
    trustedProxies: values.PORTOLAN_TRUSTED_PROXIES,
    signOn: readSignOn(values),
    signing: signingOf(values),
    letterhead: letterheadOf(values),
    signOnTokenDays: values.PORTOLAN_OIDC_TOKEN_DAYS,
    chromium: values.PORTOLAN_CHROMIUM ?? null,
    chromiumSandbox: values.PORTOLAN_CHROMIUM_SANDBOX,
    ratePerSecond: values.PORTOLAN_RATE ?? null,
    requestsPerMinute: values.PORTOLAN_REQUESTS_PER_MINUTE,
    heartbeatUrl: values.PORTOLAN_HEARTBEAT_URL ?? null,
    mail: {
      url: values.PORTOLAN_SMTP_URL ?? null,
      from: values.PORTOLAN_MAIL_FROM,
      to: values.PORTOLAN_MAIL_TO,
    },
    publicUrl: values.PORTOLAN_URL ?? null,
    privateReceivers: values.PORTOLAN_PRIVATE_RECEIVERS,
    keys: {
      key: values.PORTOLAN_KEY ?? null,
      file: values.PORTOLAN_KEY_FILE ? resolve(values.PORTOLAN_KEY_FILE) : null,
    },
    server: {
      url: values.PORTOLAN_SERVER ?? null,
      token: values.PORTOLAN_TOKEN ?? null,
      tokenFile: values.PORTOLAN_TOKEN_FILE ? resolve(values.PORTOLAN_TOKEN_FILE) : null,
    },
    secrets: secretsIn(given),
    logLevel: values.PORTOLAN_LOG_LEVEL,
  };
}

function readSignOn(values: z.infer<typeof Environment>): SignOnConfig | null {
  try {
    return signOnOf(values);
  } catch (error) {
    const why = (error as Error).message;
    throw new Refusal(
      'bad-input',
      `the environment can't be used: PORTOLAN_OIDC_CLIENT_SECRET_FILE can't be read: ${why}`,
    );
  }
}

function secretsIn(given: Readonly<Record<string, string | undefined>>): Map<string, Concealed> {
  const own = Object.entries(given).filter(([name]) => name.startsWith(SECRET_PREFIX));
  return new Map(own.map(([name, value]) => [name.slice(SECRET_PREFIX.length), new Concealed(value ?? '')]));
}

/** The name under which Nest injects the configuration. */
export const CONFIG = Symbol('config');
