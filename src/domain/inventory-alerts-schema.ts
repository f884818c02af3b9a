/*
 * The shape of the sections that say who is told: receivers and routes. Each type of receiver has keys of its own, so that a
 * key of another type is an error as any unknown key is.
 */
import { z } from 'zod';
import { DRIFT_KINDS, SEVERITIES } from './drift.js';
import { keyed, section, someOf } from './inventory-keyed.js';
import {
  delegate,
  describe,
  email,
  hostName,
  name,
  oneOf,
  repeatMs,
  text,
  waitMs,
  webAddress,
  wholeNumber,
  yesOrNo,
} from './inventory-values.js';
import { GROUP_KEYS } from './receiver.js';

const common = {
  name,
  details: yesOrNo.default(true),
  digest: text.optional(),
  timezone: text.optional(),
};

const secret = name;

const RECEIVERS = {
  email: keyed({
    ...common,
    type: z.literal('email'),
    to: z.union([z.literal('owner'), z.array(email).min(1)], 'expected a list of e-mail addresses, or owner'),
  }),
  slack: keyed({ ...common, type: z.literal('slack'), secret }),
  teams: keyed({ ...common, type: z.literal('teams'), secret }),
  discord: keyed({ ...common, type: z.literal('discord'), secret }),
  telegram: keyed({ ...common, type: z.literal('telegram'), secret, chat: text }),
  whatsapp: keyed({
    ...common,
    type: z.literal('whatsapp'),
    secret,
    phoneId: text,
    to: text,
    template: name,
    language: name.default('en'),
  }),
  pagerduty: keyed({
    ...common,
    type: z.literal('pagerduty'),
    secret,
    region: oneOf('us', 'eu').default('us'),
  }),
  opsgenie: keyed({
    ...common,
    type: z.literal('opsgenie'),
    secret,
    region: oneOf('us', 'eu').default('us'),
  }),
  webhook: keyed({ ...common, type: z.literal('webhook'), secret, url: webAddress }),
  syslog: keyed({
    ...common,
    type: z.literal('syslog'),
    host: hostName,
    port: wholeNumber(1, 65_535).default(6514),
    format: oneOf('rfc5424', 'cef').default('rfc5424'),
    tls: yesOrNo.default(true),
  }),
  ntfy: keyed({ ...common, type: z.literal('ntfy'), secret: secret.optional(), url: webAddress }),
  matrix: keyed({ ...common, type: z.literal('matrix'), secret, url: webAddress, room: text }),
} as const;

type ReceiverType = keyof typeof RECEIVERS;
export type ReceiverShape = { [T in ReceiverType]: z.output<(typeof RECEIVERS)[T]> }[ReceiverType];

const type = oneOf(...(Object.keys(RECEIVERS) as [ReceiverType, ...ReceiverType[]]));

/** The type first: what else is expected hangs on it. */
export const receiver = z.unknown().transform((input, ctx): ReceiverShape => {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    ctx.addIssue({ code: 'custom', message: `expected a map, not ${describe(input)}` });
    return z.NEVER;
  }
  const known = delegate(z.looseObject({ type }), input, ctx);
  if (known === null) return z.NEVER;
  return (delegate(RECEIVERS[known.type], input, ctx) as ReceiverShape | null) ?? z.NEVER;
});

const match = keyed({
  owner: z.array(name).default([]),
  severity: z.array(oneOf(...SEVERITIES)).default([]),
  kind: z.array(oneOf(...DRIFT_KINDS)).default([]),
  tag: z.array(name).default([]),
  vantage: z.array(name).default([]),
  audit: z.array(name).default([]),
});

/** Branches of branches: deeper than anybody reads. */
const DEEPEST = 5;

const groupBy = z.array(oneOf(...GROUP_KEYS));

const repeat = z
  .unknown()
  .transform((input, ctx): number | 'never' =>
    input === 'never' ? input : (delegate(repeatMs, input, ctx) ?? z.NEVER),
  );

const routeKeys = {
  match: match.optional(),
  to: someOf(name, 'receiver').optional(),
  continue: yesOrNo.default(false),
  groupBy: groupBy.optional(),
  wait: waitMs.optional(),
  repeat: repeat.optional(),
  escalateTo: z.array(name).optional(),
};

const leaf = keyed(routeKeys);
export type RouteShape = z.output<typeof leaf> & { readonly routes: readonly RouteShape[] };

function routesOf(depth: number): z.ZodType<RouteShape[]> {
  const branches =
    depth === DEEPEST
      ? z
          .never(`expected at most ${DEEPEST} routes one within the other`)
          .optional()
          .transform(() => [])
      : z.lazy(() => routesOf(depth + 1));
  return section(keyed({ ...routeKeys, routes: branches })) as unknown as z.ZodType<RouteShape[]>;
}

export const routes = routesOf(1);
