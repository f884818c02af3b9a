/*
 * Who may do what: roles, and the permissions that they have. Pure. What a role does not have it may not do; a route that
 * names no permission does not start (access/doorkeeper.ts).
 *
 * An owner's account sees and acts on what its owners own, and on nothing else: to it, other people's things are not there.
 */
export const ROLES = ['viewer', 'owner', 'auditor', 'operator', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = [
  'findings.read',
  'findings.act', // acknowledge, accept, assign, comment, reopen
  'runs.read', // audits, runs, what they saw
  'runs.operate', // run now, pause, cancel
  'reports.read',
  'reports.ask', // have one made
  'reports.sign', // attestations: for what one answers, or anybody
  'history.read',
  'inventory.read',
  'inventory.write', // plan, apply, restore
  'alerts.read', // who was told of what
  'alerts.operate', // tests, silences, sending again
  'secrets.manage',
  'metrics.read',
  'audit-log.read',
  'access.manage', // accounts, roles, other people's sessions and tokens
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const READING = ['findings.read', 'runs.read', 'reports.read', 'history.read', 'inventory.read'] as const;
const OPERATING = [
  ...READING,
  ...([
    'findings.act',
    'runs.operate',
    'reports.ask',
    'inventory.write',
    'alerts.read',
    'alerts.operate',
  ] as const),
  'metrics.read',
] as const;

const GRANTED: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(READING),
  owner: new Set(['findings.read', 'findings.act', 'reports.read', 'reports.ask', 'reports.sign']),
  auditor: new Set([...READING, 'reports.ask', 'reports.sign', 'alerts.read', 'audit-log.read']),
  operator: new Set(OPERATING),
  administrator: new Set(PERMISSIONS),
};

/** Whoever asks for something. */
export interface Actor {
  /** As the record names them. */
  readonly name: string;
  readonly role: Role;
  /** Their account; null for whoever sits at the machine itself. */
  readonly account: string | null;
  /** Whose things they see: null for everybody's. */
  readonly owners: readonly string[] | null;
  /** What a token is for; null where it is not narrowed. */
  readonly scopes: readonly Permission[] | null;
  /** How they are known. What is one's own, only a session changes: a token must not make others of itself. */
  readonly via: 'session' | 'token' | 'machine';
}

export const may = ({ role, scopes }: Actor, permission: Permission): boolean =>
  GRANTED[role].has(permission) && (scopes === null || scopes.includes(permission));

export const permissionsOf = (actor: Actor): Permission[] => PERMISSIONS.filter((one) => may(actor, one));

/** Is it theirs to see? What nobody owns is everybody's who is not an owner. */
export const owns = ({ owners }: Pick<Actor, 'owners'>, owner: string | null): boolean =>
  owners === null || (owner !== null && owners.includes(owner));

/** Of an account with this role; an owner's account is about its owners alone. */
export const ownersSeen = (role: Role, owners: readonly string[]): readonly string[] | null =>
  role === 'owner' ? owners : null;

/** Whoever sits at the machine, by the command line. */
export const COMMAND_LINE: Actor = {
  ...{ name: 'the command line', role: 'administrator', account: null, owners: null, scopes: null },
  via: 'machine',
};

/** Where there is no sign-in, everybody who reaches the service is on this machine, and may do everything. */
export const ANYBODY_HERE: Actor = {
  ...{ name: 'somebody here', role: 'administrator', account: null, owners: null, scopes: null },
  via: 'machine',
};
