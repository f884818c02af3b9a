/*
 * Where one can go from every page: the parts of the service, and the pages of each. Whoever may not read a page is not shown the
 * way to it; an owner's account sees its own things alone.
 */
import { type Actor, may, type Permission } from '../domain/access.js';

interface Place {
  readonly path: string;
  readonly label: string;
  readonly needs: Permission;
  /** Of accounts only: there are none where nobody has to sign in. */
  readonly withAccounts?: true;
}

export const SECTIONS = [
  'overview',
  'findings',
  'chart',
  'inventory',
  'audits',
  'alerts',
  'reports',
  'access',
] as const;
export type Section = (typeof SECTIONS)[number];

const PLACES: Readonly<Record<Section, readonly [Place, ...Place[]]>> = {
  overview: [{ path: '/', label: 'Overview', needs: 'runs.read' }],
  findings: [
    { path: '/findings', label: 'Findings', needs: 'findings.read' },
    { path: '/exceptions', label: 'Exceptions', needs: 'findings.read' },
  ],
  chart: [
    { path: '/chart', label: 'Chart', needs: 'runs.read' },
    { path: '/hosts', label: 'Hosts', needs: 'runs.read' },
    { path: '/services', label: 'Services', needs: 'runs.read' },
    { path: '/owners', label: 'Owners', needs: 'findings.read' },
  ],
  inventory: [
    { path: '/inventory', label: 'Inventory', needs: 'inventory.read' },
    { path: '/inventory/edit', label: 'Edit', needs: 'inventory.write' },
    { path: '/inventory/versions', label: 'Versions', needs: 'inventory.read' },
  ],
  audits: [
    { path: '/audits', label: 'Audits', needs: 'runs.read' },
    { path: '/runs', label: 'Runs', needs: 'runs.read' },
    { path: '/windows', label: 'Windows', needs: 'runs.read' },
  ],
  alerts: [
    { path: '/alerts', label: 'Alerts', needs: 'alerts.read' },
    { path: '/receivers', label: 'Receivers and routes', needs: 'alerts.read' },
    { path: '/receivers/secrets', label: 'Secrets', needs: 'secrets.manage' },
    { path: '/silences', label: 'Silences', needs: 'alerts.read' },
  ],
  reports: [
    { path: '/reports', label: 'Reports', needs: 'reports.read' },
    { path: '/reports/schedules', label: 'Scheduled', needs: 'reports.read' },
    { path: '/ledger', label: 'Ledger', needs: 'runs.read' },
  ],
  access: [
    { path: '/access', label: 'Access', needs: 'access.manage', withAccounts: true },
    { path: '/audit-log', label: 'Audit log', needs: 'audit-log.read', withAccounts: true },
  ],
};

export interface Way {
  readonly path: string;
  readonly label: string;
  readonly isHere: boolean;
}

/** The parts that somebody may go to, and the pages of the part in which they are; none of these where there is one alone. */
export function waysOf(
  actor: Actor | null,
  section: Section | 'none',
  path: string | null,
): { main: Way[]; within: Way[] } {
  if (!actor) return { main: [], within: [] };
  const open = (place: Place): boolean =>
    may(actor, place.needs) && (place.withAccounts !== true || actor.account !== null);
  const main = SECTIONS.flatMap((one) => {
    const [first] = PLACES[one].filter(open);
    return first ? [{ path: first.path, label: PLACES[one][0].label, isHere: one === section }] : [];
  });
  const pages = section === 'none' ? [] : PLACES[section].filter(open);
  const within = pages.map(({ path: to, label }) => ({ path: to, label, isHere: to === path }));
  return { main, within: within.length > 1 ? within : [] };
}
