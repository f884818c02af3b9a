/*
 * Who can be told, and how: a receiver is a channel with its address. What is secret about it is not here: `secret` is a name
 * under which the service keeps it, so that an inventory can lie in git.
 */
import type { DriftKind, Severity } from './drift.js';
import type { Place } from './place.js';
import type { Schedule } from './schedule.js';

export type Channel =
  /** `owner` is whoever owns what the alert is about. */
  | { readonly type: 'email'; readonly to: readonly string[] | 'owner' }
  /** The secret is the incoming webhook's whole address. */
  | { readonly type: 'slack' | 'teams' | 'discord'; readonly secret: string }
  | { readonly type: 'telegram'; readonly secret: string; readonly chat: string }
  | {
      readonly type: 'whatsapp';
      readonly secret: string;
      /** Meta's number of the sender, and a message template that it has approved, with one parameter. */
      readonly phoneId: string;
      readonly to: string;
      readonly template: string;
      readonly language: string;
    }
  | { readonly type: 'pagerduty' | 'opsgenie'; readonly secret: string; readonly region: 'us' | 'eu' }
  /** Standard Webhooks; the secret signs. */
  | { readonly type: 'webhook'; readonly secret: string; readonly url: string }
  | {
      readonly type: 'syslog';
      readonly host: string;
      readonly port: number;
      readonly format: 'rfc5424' | 'cef';
      /** RFC 5425, or in the clear over TCP (RFC 6587). */
      readonly tls: boolean;
    }
  | { readonly type: 'ntfy'; readonly url: string; readonly secret: string | null }
  | { readonly type: 'matrix'; readonly url: string; readonly room: string; readonly secret: string };

export const CHANNEL_TYPES = [
  ...(['email', 'slack', 'teams', 'discord', 'telegram', 'whatsapp'] as const),
  ...(['pagerduty', 'opsgenie', 'webhook', 'syslog', 'ntfy', 'matrix'] as const),
] as const satisfies ReadonlyArray<Channel['type']>;
export type ChannelType = Channel['type'];

export type Receiver = Channel & {
  readonly name: string;
  /** Without details neither an address nor a port is in a message: a link, and how much it is about. */
  readonly details: boolean;
  /** Everything at once at these times; null for as it comes. */
  readonly digest: Schedule | null;
  readonly place: Place;
};

/** What alerts are put together by. */
export const GROUP_KEYS = ['owner', 'host', 'audit', 'kind', 'severity'] as const;
export type GroupKey = (typeof GROUP_KEYS)[number];

/** Empty lists match everything. */
export interface RouteMatch {
  readonly owners: readonly string[];
  readonly severities: readonly Severity[];
  readonly kinds: readonly DriftKind[];
  readonly tags: readonly string[];
  readonly vantages: readonly string[];
  readonly audits: readonly string[];
}

/** What a file and people call a route's conditions, and what they are here. */
export const CONDITIONS = [
  ['severity', 'severities'],
  ['owner', 'owners'],
  ['kind', 'kinds'],
  ['tag', 'tags'],
  ['vantage', 'vantages'],
  ['audit', 'audits'],
] as const satisfies ReadonlyArray<readonly [string, keyof RouteMatch]>;

/** How alerts of a route are sent. */
export interface RouteManner {
  readonly groupBy: readonly GroupKey[];
  /** How long the first of a group waits for others. */
  readonly waitMs: number;
  /** How often what stays open is told again; null for never. */
  readonly repeatMs: number | null;
  /** Who is told besides once a finding is past its due date and nobody has acknowledged it. */
  readonly escalateTo: readonly string[];
}

/** A branch of the routing tree. The first that matches takes an alert, unless it continues. */
export interface Route extends RouteManner {
  readonly match: RouteMatch;
  /** Names of receivers; `owner` is the receivers of whoever owns what the alert is about. */
  readonly to: readonly string[];
  readonly continues: boolean;
  readonly routes: readonly Route[];
  readonly place: Place;
}

/** In `to`, in place of a receiver's name. */
export const OWNER = 'owner';
/** The receiver that nobody has to declare: whoever runs the service. */
export const OPERATORS = 'operators';

export const USUAL_MANNER: RouteManner = {
  groupBy: ['owner', 'audit'],
  waitMs: 30_000,
  repeatMs: 86_400_000,
  escalateTo: [],
};
