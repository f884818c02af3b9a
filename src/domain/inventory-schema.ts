/*
 * The shape of one inventory file: every key, what is required, and the defaults.
 *
 * Unknown keys are errors, because a misspelt `expct` would otherwise be a port that nobody watches. What needs
 * more than one place to judge (references, scopes, contradictions) is not decided here.
 */
import { z } from 'zod';
import { POLITE } from './courtesy.js';
import { AT_ONCE, LOOKS_MOST } from './damping.js';
import { DEADLINES } from './deadlines.js';
import { receiver, routes } from './inventory-alerts-schema.js';
import { eitherOr, keyed, refuseCron, section, someOf } from './inventory-keyed.js';
import { quoted } from './inventory-problem.js';
import { scheduledReport } from './inventory-reports-schema.js';
import {
  addressBlock,
  checkedName,
  day,
  delegate,
  describe,
  email,
  everyMs,
  hostAddress,
  jitterMs,
  lastsMs,
  moment,
  name,
  oneAddress,
  oneOf,
  port,
  ports,
  text,
  version,
  wholeNumber,
} from './inventory-values.js';
import type { PortSet } from './port-set.js';
import { cronProblem, instantIn, shortestGapMs } from './schedule.js';

const owner = keyed({ name: text, email: email.optional(), receivers: z.array(name).default([]) });

const scope = keyed({
  name,
  allow: someOf(addressBlock, 'address'),
  exclude: z.array(addressBlock).default([]),
  authorisedBy: text,
  until: day.optional(),
  maxRatePerSecond: wholeNumber(1, 1_000_000).optional(),
  fragile: z.array(addressBlock).default([]),
});

const canary = keyed({ address: oneAddress, port, expect: oneOf('open', 'closed') });

const vantage = keyed({ name, canaries: z.array(canary).default([]) });

const declaration = keyed({
  port: port.optional(),
  ports: ports.optional(),
  expect: oneOf('open', 'closed', 'filtered'),
  service: name.optional(),
  owner: name.optional(),
  why: text.optional(),
  requestedBy: text.optional(),
  approvedBy: text.optional(),
  reviewBy: day.optional(),
  from: someOf(name, 'vantage').optional(),
}).superRefine(eitherOr('port', 'ports', true));

const host = keyed({
  name,
  address: hostAddress.optional(),
  addresses: someOf(hostAddress, 'address').optional(),
  owner: name.optional(),
  tags: z.array(name).default([]),
  criticality: oneOf('low', 'medium', 'high').default('medium'),
  ports: z.array(declaration).default([]),
}).superRefine(eitherOr('address', 'addresses', true));

const group = keyed({
  match: keyed({ tags: z.array(name).default([]), addresses: z.array(addressBlock).default([]) }).refine(
    ({ tags, addresses }) => tags.length + addresses.length > 0,
    'a group that matches nothing; expected tags or addresses',
  ),
  ports: someOf(declaration, 'port'),
});

const selector = keyed({
  names: z.array(name).default([]),
  tags: z.array(name).default([]),
  addresses: z.array(addressBlock).default([]),
}).refine(
  ({ names, tags, addresses }) => names.length + tags.length + addresses.length > 0,
  'a choice of no hosts; expected names, tags or addresses',
);

const HOSTS = 'all, or a map of names, tags or addresses';

const auditHosts = z.unknown().transform((input, ctx): 'all' | z.output<typeof selector> => {
  if (input === 'all') return 'all';
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
    return delegate(selector, input, ctx) ?? z.NEVER;
  }
  const params = { expected: HOSTS };
  ctx.addIssue({ code: 'custom', message: `expected ${HOSTS}, not ${describe(input)}`, params });
  return z.NEVER;
});

type AuditPortsShape =
  | { readonly kind: 'declared' }
  | { readonly kind: 'top'; readonly most: number }
  | { readonly kind: 'fixed'; readonly ports: PortSet };

const PORTS = "ports, 'declared', or 'top-1' to 'top-1000'";

const auditPorts = z.unknown().transform((input, ctx): AuditPortsShape => {
  const refuse = (message: string): AuditPortsShape => {
    ctx.addIssue({ code: 'custom', message, params: { expected: PORTS } });
    return z.NEVER;
  };
  if (input === 'declared') return { kind: 'declared' };
  if (input === undefined) return refuse(`expected ${PORTS}`);
  if (typeof input === 'string' && /^[a-z]/i.test(input)) {
    const most = Number(/^top-(\d{1,5})$/.exec(input)?.[1] ?? -1);
    if (most < 1 || most > 1000) return refuse(`${quoted(input)} is not known; expected ${PORTS}`);
    return { kind: 'top', most };
  }
  const set = delegate(ports, input, ctx);
  return set === null ? z.NEVER : { kind: 'fixed', ports: set };
});

const threshold = keyed({
  times: wholeNumber(1, LOOKS_MOST),
  of: wholeNumber(1, LOOKS_MOST),
})
  .refine(({ times, of }) => times <= of, 'more looks than there are; expected times up to of')
  .default(AT_ONCE);

const audit = keyed({
  name,
  hosts: auditHosts,
  ports: auditPorts,
  schedule: text.optional(),
  timezone: text.optional(),
  every: everyMs.optional(),
  jitter: jitterMs.optional(),
  catchUp: oneOf('once', 'never').default('once'),
  from: someOf(name, 'vantage').default(['local']),
  timeoutMs: wholeNumber(50, 120_000).optional(),
  timing: oneOf('near', 'region', 'far').optional(),
  retries: wholeNumber(0, 10).default(1),
  ratePerSecond: wholeNumber(1, 1_000_000).default(POLITE.ratePerSecond),
  ratePerHost: wholeNumber(1, 1_000_000).optional(),
  ratePerSubnet: wholeNumber(1, 1_000_000).optional(),
  confirm: keyed({
    times: wholeNumber(0, 10).default(1),
    afterMs: wholeNumber(0, 3_600_000).default(5000),
  }).default({ times: 1, afterMs: 5000 }),
  open: threshold,
  resolve: threshold,
})
  .superRefine(eitherOr('schedule', 'every', false))
  .superRefine(({ schedule, timezone }, ctx) => {
    if (schedule === undefined && timezone !== undefined) {
      ctx.addIssue({
        code: 'custom',
        path: ['timezone'],
        message: "a time zone without a schedule; expected 'schedule' beside it",
      });
    }
    if (schedule !== undefined) refuseCron(schedule, timezone, ctx);
  })
  .superRefine(({ schedule, every, jitter, timezone = 'UTC' }, ctx) => {
    if (jitter === undefined) return;
    if (schedule === undefined && every === undefined)
      ctx.addIssue({
        code: 'custom',
        path: ['jitter'],
        message: "jitter without a schedule; expected 'schedule' or 'every' beside it",
      });
    const isCron = schedule !== undefined && cronProblem(schedule, timezone) === null;
    const gapMs = every ?? (isCron ? shortestGapMs({ kind: 'cron', cron: schedule, timezone }) : null);
    if (gapMs !== null && jitter >= gapMs)
      ctx.addIssue({
        code: 'custom',
        path: ['jitter'],
        message: 'the jitter is as long as the interval; expected a shorter one',
      });
  });

const timeWindow = keyed({
  name,
  kind: oneOf('blackout', 'maintenance'),
  from: moment.optional(),
  until: moment.optional(),
  schedule: text.optional(),
  lasts: lastsMs.optional(),
  timezone: text.optional(),
  audits: someOf(name, 'audit').optional(),
  hosts: auditHosts.optional(),
  why: text.optional(),
})
  .superRefine(eitherOr('from', 'schedule', true))
  .superRefine(({ from, until, schedule, lasts, timezone = 'UTC' }, ctx) => {
    const wrong = (key: string, message: string): void => {
      ctx.addIssue({ code: 'custom', path: [key], message });
    };
    if (schedule !== undefined) {
      refuseCron(schedule, timezone, ctx);
      if (lasts === undefined) wrong('schedule', "a window without an end; expected 'lasts' beside it");
      if (until !== undefined) wrong('until', "'until' belongs to 'from'; expected 'lasts'");
    } else if (from !== undefined) {
      if (lasts !== undefined) wrong('lasts', "'lasts' belongs to 'schedule'; expected 'until'");
      if (until === undefined) return wrong('from', "a window without an end; expected 'until' beside it");
      if (cronProblem('0 0 * * *', timezone) !== null)
        return wrong(
          'timezone',
          `${quoted(timezone)} is no time zone; expected an IANA name such as Europe/Berlin`,
        );
      if (instantIn(until, timezone) <= instantIn(from, timezone))
        wrong('until', 'the window ends before it begins; expected a later time');
    }
  });

const exception = keyed({ host: name, ports, reason: text, approvedBy: text, expires: day });

const days = (usual: number) => wholeNumber(1, 3650).default(usual);

const deadlines = keyed({
  critical: days(DEADLINES.critical),
  high: days(DEADLINES.high),
  medium: days(DEADLINES.medium),
  low: days(DEADLINES.low),
});

export const inventoryFile = keyed({
  version,
  owners: z
    .record(
      z.string().superRefine((key, ctx) => {
        const message = checkedName(key);
        if (message !== null) ctx.addIssue({ code: 'custom', message });
      }),
      owner,
    )
    .nullish()
    .transform((owners) => owners ?? {}),
  scopes: section(scope),
  vantages: section(vantage),
  hosts: section(host),
  groups: section(group),
  undeclared: oneOf('closed', 'ignored').optional(),
  audits: section(audit),
  windows: section(timeWindow),
  exceptions: section(exception),
  deadlines: deadlines.optional(),
  receivers: section(receiver),
  routes,
  reports: section(scheduledReport),
});

export type InventoryFile = z.output<typeof inventoryFile>;
export type DeclarationShape = z.output<typeof declaration>;
export type AuditShape = z.output<typeof audit>;
export type WindowShape = z.output<typeof timeWindow>;
