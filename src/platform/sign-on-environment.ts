/*
 * What the environment says about single sign-on: the identity provider, who we are to it, and which of its groups has which role
 * here. All of it or nothing; what is missing is said at start, and a secret is never repeated.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type GroupRole, readGroupRoles } from '../domain/group-roles.js';
import { Concealed } from './concealed.js';

export interface SignOnConfig {
  /** As the provider names itself, exactly. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a client that has none, and is known by its address and PKCE. */
  readonly clientSecret: Concealed | null;
  readonly scopes: string;
  readonly groupsClaim: string;
  readonly roles: readonly GroupRole[];
  /** As people call it, on the button. */
  readonly name: string;
}

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** By TLS; without it on this machine alone, where nobody is between. */
export const isGuardedUrl = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && LOOPBACK_HOST.test(hostname));

const Issuer = z
  .string()
  .trim()
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || !isGuardedUrl(url)) return false;
    return [url.username, url.password, url.search, url.hash].every((part) => part === '');
  }, 'expected https://… of the identity provider, as it names itself; http://… on this machine alone')
  .optional();

const Roles = z
  .string()
  .transform((text, context) => {
    const read = readGroupRoles(text);
    if (read.ok) return read.rules;
    context.addIssue({ code: 'custom', message: read.why });
    return z.NEVER;
  })
  .optional();

const optional = z.string().trim().min(1).max(1000).optional();

export const SIGN_ON_VARIABLES = {
  PORTOLAN_OIDC_ISSUER: Issuer,
  PORTOLAN_OIDC_CLIENT_ID: optional,
  PORTOLAN_OIDC_CLIENT_SECRET: optional.transform((text) =>
    text === undefined ? text : new Concealed(text),
  ),
  PORTOLAN_OIDC_CLIENT_SECRET_FILE: optional,
  PORTOLAN_OIDC_SCOPES: z
    .string()
    .trim()
    .regex(/^[\x21\x23-\x5b\x5d-\x7e ]+$/, 'expected scopes with spaces between them')
    .refine((text) => text.split(' ').includes('openid'), 'expected openid among them')
    .default('openid profile email'),
  PORTOLAN_OIDC_GROUPS_CLAIM: z.string().trim().min(1).max(200).default('groups'),
  PORTOLAN_OIDC_ROLES: Roles,
  /** Holds for accounts of a provider that is configured no more, too. */
  PORTOLAN_OIDC_TOKEN_DAYS: z.coerce
    .number({ error: 'expected a whole number of days' })
    .int()
    .min(1)
    .max(4000)
    .default(90),
  PORTOLAN_OIDC_NAME: z.string().trim().min(1).max(60).default('single sign-on'),
};

type Values = z.infer<z.ZodObject<typeof SIGN_ON_VARIABLES>>;
interface Around {
  readonly PORTOLAN_ACCESS: 'accounts' | 'open';
  readonly PORTOLAN_URL?: string | undefined;
}

/** What does not fit together, with the variable that it is about. */
export function signOnProblem(values: Values & Around): { path: keyof Values; message: string } | null {
  const given = values.PORTOLAN_OIDC_ISSUER !== undefined;
  const strayed = (
    [
      'PORTOLAN_OIDC_CLIENT_ID',
      'PORTOLAN_OIDC_CLIENT_SECRET',
      'PORTOLAN_OIDC_CLIENT_SECRET_FILE',
      'PORTOLAN_OIDC_ROLES',
    ] as const
  ).find((name) => values[name] !== undefined);
  if (!given) {
    const message = `expected it beside ${strayed}: the address of the identity provider`;
    return strayed === undefined ? null : { path: 'PORTOLAN_OIDC_ISSUER', message };
  }
  const problem = (path: keyof Values, message: string) => ({ path, message });
  if (values.PORTOLAN_ACCESS === 'open')
    return problem('PORTOLAN_OIDC_ISSUER', 'there is no sign-in while PORTOLAN_ACCESS is open');
  if (values.PORTOLAN_OIDC_CLIENT_ID === undefined)
    return problem('PORTOLAN_OIDC_CLIENT_ID', 'expected the name that this service has at the provider');
  if (values.PORTOLAN_OIDC_ROLES === undefined)
    return problem(
      'PORTOLAN_OIDC_ROLES',
      'expected group=role, such as admins=administrator,shop-team=owner:shop; without it nobody would have access',
    );
  if (
    values.PORTOLAN_OIDC_CLIENT_SECRET !== undefined &&
    values.PORTOLAN_OIDC_CLIENT_SECRET_FILE !== undefined
  )
    return problem(
      'PORTOLAN_OIDC_CLIENT_SECRET_FILE',
      'expected it or PORTOLAN_OIDC_CLIENT_SECRET, not both',
    );
  const url = values.PORTOLAN_URL === undefined ? null : new URL(values.PORTOLAN_URL);
  if (url === null || !isGuardedUrl(url))
    return problem(
      'PORTOLAN_OIDC_ISSUER',
      'expected PORTOLAN_URL beside it, https://… (http://… on this machine alone): the provider sends people back there',
    );
  return null;
}

/** Null where there is none. Throws where the file of the secret can't be read. */
export function signOnOf(values: Values): SignOnConfig | null {
  const { PORTOLAN_OIDC_ISSUER: issuer, PORTOLAN_OIDC_CLIENT_ID: clientId } = values;
  if (issuer === undefined || clientId === undefined) return null;
  const file = values.PORTOLAN_OIDC_CLIENT_SECRET_FILE;
  return {
    ...{ issuer, clientId },
    clientSecret:
      file === undefined ? (values.PORTOLAN_OIDC_CLIENT_SECRET ?? null) : new Concealed(secretIn(file)),
    scopes: values.PORTOLAN_OIDC_SCOPES,
    groupsClaim: values.PORTOLAN_OIDC_GROUPS_CLAIM,
    roles: values.PORTOLAN_OIDC_ROLES ?? [],
    name: values.PORTOLAN_OIDC_NAME,
  };
}

function secretIn(file: string): string {
  const secret = readFileSync(file, 'utf8').trim();
  if (secret === '') throw new Error(`${file} is empty; expected the secret of this service at the provider`);
  return secret;
}
