/*
 * What is asked of an inventory's text: whether it is sound, what it would change, what becomes of findings then, and the text with
 * edits made. A large one takes seconds each time, so that this is mostly done by a thread of its own: inventory-reader.ts.
 *
 * What was read last is kept, for the next question is mostly about the same texts.
 */
import { createHash } from 'node:crypto';
import { type AddressSet, formatAddress } from '../domain/address-set.js';
import {
  changedPorts,
  type Foreseen,
  foresee,
  type PortAt,
  type PortFinding,
  type PortSeen,
  wouldOpen,
} from '../domain/foresee.js';
import type { Inventory } from '../domain/inventory.js';
import { type Change, diffInventories } from '../domain/inventory-diff.js';
import { type Edit, type EditedSources, editSources } from '../domain/inventory-edit.js';
import type { FileContent } from '../domain/inventory-entries.js';
import { type ParsedInventory, type Problem, parseInventory, type Source } from '../domain/inventory-file.js';
import { readYaml } from '../domain/inventory-yaml.js';

type Sources = readonly Source[];

/** Two texts: the one in force, which was sound when it was kept, and another one. */
export interface Pair {
  readonly before: Sources | null;
  readonly after: Sources;
}

/** What another text would change; only problems where it is not sound. */
export interface Compared {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly changes: readonly Change[];
  /** Where it is asked for: of the hosts that change, and their ports of which something else is expected. */
  readonly addresses: readonly string[];
  readonly ports: readonly PortAt[];
}

export interface Outlook<T> {
  readonly foreseen: ReadonlyArray<Foreseen<T>>;
  /** What was last seen otherwise than it would be declared. */
  readonly opening: readonly PortSeen[];
}

const KEPT_MOST = 3;
const ADDRESSES_MOST = 2000;
const ADDRESSES_EACH = 256n;
const PORTS_FORESEEN_MOST = 50;
const NOTHING = { problems: [], warnings: [], changes: [], addresses: [], ports: [] } as const;

export class InventoryDesk {
  private readonly kept = new Map<string, ParsedInventory>();
  /** What is planned is mostly applied next. */
  private edited: { readonly key: string; readonly it: EditedSources } | null = null;

  parse(sources: Sources): ParsedInventory {
    const key = keyOf(sources);
    const known = this.kept.get(key);
    this.kept.delete(key);
    const read = known ?? parseInventory(sources);
    this.kept.set(key, read);
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT_MOST && oldest !== undefined) this.kept.delete(oldest);
    return read;
  }

  edit(sources: Sources, edits: readonly Edit[]): EditedSources {
    const key = `${keyOf(sources)} ${JSON.stringify(edits)}`;
    if (this.edited?.key !== key) this.edited = { key, it: editSources(sources, edits) };
    return this.edited.it;
  }

  /** @param isFar whether findings are to be foreseen from it */
  compare({ before, after }: Pair, isFar: boolean): Compared {
    const read = this.parse(after);
    if (!read.ok) return { ...NOTHING, problems: read.problems };
    const old = this.sound(before);
    const changes = diffInventories(old, read.inventory);
    const said = { ...NOTHING, warnings: read.warnings, changes };
    if (!isFar) return said;
    const addresses = addressesOf(changes, [old, read.inventory]);
    return {
      ...said,
      addresses,
      ports: changedPorts(old, read.inventory, addresses, PORTS_FORESEEN_MOST),
    };
  }

  /** @param found findings at its addresses. @param seen what was last seen of its ports */
  outlook<T extends PortFinding>(
    { before, after }: Pair,
    found: readonly T[],
    seen: readonly PortSeen[],
  ): Outlook<T> {
    const read = this.parse(after);
    if (!read.ok) return { foreseen: [], opening: [] };
    return {
      foreseen: foresee(this.sound(before), read.inventory, found),
      opening: wouldOpen(read.inventory, seen),
    };
  }

  /** What the files say, without their hosts: what is left is small. */
  values(sources: Sources): FileContent[] {
    return sources.map(({ file, text }) => {
      const read = readYaml(file, text);
      const { hosts: _, ...value } = (read.ok ? (read.yaml.value ?? {}) : {}) as { hosts?: unknown };
      return { file, value };
    });
  }

  private sound(sources: Sources | null): Inventory | null {
    const read = sources && this.parse(sources);
    return read?.ok ? read.inventory : null;
  }
}

function keyOf(sources: Sources): string {
  const hash = createHash('sha256');
  for (const { file, text } of sources)
    hash.update(`${file.length} ${text.length} `).update(file).update(text);
  return hash.digest('hex');
}

/** Of the hosts that the changes name, as far as they can be counted; a change of groups may be about every host. */
function addressesOf(changes: readonly Change[], sides: ReadonlyArray<Inventory | null>): string[] {
  const names = new Set(changes.flatMap(({ what }) => /^(?:port .* of )?host (\S+)/.exec(what)?.[1] ?? []));
  const addresses = new Set<string>();
  for (const host of sides.flatMap((side) => side?.hosts ?? [])) {
    if (!names.has(host.name)) continue;
    for (const address of addressesIn(host.addresses)) addresses.add(address);
    if (addresses.size > ADDRESSES_MOST) break;
  }
  return [...addresses];
}

/** Of a block the first ones: more than a page would show. */
export function addressesIn(set: AddressSet): string[] {
  const count = Number(set.size > ADDRESSES_EACH ? ADDRESSES_EACH : set.size);
  return Array.from({ length: count }, (_, at) => formatAddress(set.at(BigInt(at))));
}
