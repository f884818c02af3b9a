/*
 * What exposure and drift reports are asked for with, held against the inventory that is in force. Pure: what the parameters name and
 * what there is not is refused, so that a slip of the pen never makes an empty report that looks like a good one.
 */
import type { Inventory } from '../../domain/inventory.js';
import type { ReportHead } from '../../domain/report/head.js';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { VERSION } from '../../platform/project-root.js';
import { Refusal } from '../../platform/refusal.js';

/** The inventory in force, and which version it is. */
export interface KnownInventory {
  readonly id: string;
  readonly path: string;
  readonly sha256: string;
  readonly inventory: Inventory;
}

/** @param inventory null before one was loaded */
export function refuseUnknown(
  inventory: Inventory | null,
  { scope, owner, tags }: Pick<ReportParameters, 'scope' | 'owner' | 'tags'>,
): void {
  const { scopes, owners, hosts } = inventory ?? { scopes: [], owners: new Map(), hosts: [] };
  const no = (what: string): never => {
    throw new Refusal('not-found', `the inventory in force has no ${what}`);
  };
  if (scope !== null && !scopes.some(({ name }) => name === scope)) no(`scope '${scope}'`);
  if (owner !== null && !owners.has(owner)) no(`owner '${owner}'`);
  const tag = tags.find((one) => !hosts.some((host) => host.tags.includes(one)));
  if (tag !== undefined) no(`host with the tag '${tag}'`);
}

/** @param known null before an inventory was loaded */
export function headOf(
  known: KnownInventory | null,
  parameters: ReportParameters,
  at: Date,
): Omit<ReportHead, 'runs'> {
  const { id, path, sha256 } = known ?? { id: null, path: '', sha256: '' };
  return {
    parameters,
    madeAt: at.toISOString(),
    inventory: { version: id, path, sha256 },
    scopes: (known?.inventory.scopes ?? []).map((scope) => ({
      name: scope.name,
      allow: scope.allow.toStrings(),
      exclude: scope.exclude.toStrings(),
      authorisedBy: scope.authorisedBy,
      until: scope.until,
    })),
    tool: { name: 'portolan', version: VERSION },
  };
}
