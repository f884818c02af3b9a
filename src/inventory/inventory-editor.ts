/*
 * What somebody proposes for the inventory, before it is applied: by edits of the version that is in force, or by whole texts. It
 * says what is wrong, with places; or what would change, in words and in lines, and what becomes of open findings.
 *
 * Nothing is kept here: a proposal is made anew from what the form holds, each time. The trap is the ends of lines: forms send
 * CR LF, whatever the file has.
 */
import { Injectable } from '@nestjs/common';
import { type AddressSet, formatAddress } from '../domain/address-set.js';
import { changedPorts, type Foreseen, foresee, type PortSeen, wouldOpen } from '../domain/foresee.js';
import type { Inventory } from '../domain/inventory.js';
import { type Change, diffInventories } from '../domain/inventory-diff.js';
import { type Edit, editSources } from '../domain/inventory-edit.js';
import { type Problem, parseInventory, type Source } from '../domain/inventory-file.js';
import { type Hunk, lineDiff } from '../domain/line-diff.js';
import { Refusal } from '../platform/refusal.js';
import { type FoundPort, InventoryQueries } from './inventory.queries.js';
import { InventoryService, type InventoryText, type VersionTexts } from './inventory.service.js';
import { sha256Of } from './inventory-folder.js';

export interface Proposal {
  /** The version in force that it is compared with; null before the first one. */
  readonly base: string | null;
  readonly text: InventoryText;
  /** What is wrong with it: then there is no more to say. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly changes: readonly Change[];
  readonly files: ReadonlyArray<{ readonly file: string; readonly hunks: readonly Hunk[] }>;
  readonly foreseen: ReadonlyArray<Foreseen<FoundPort>>;
  /** What was last seen otherwise than it would be declared, and is no finding yet. */
  readonly opening: readonly PortSeen[];
}

/** What an inventory is made of before there is any. */
export const FIRST_FILE: Source = { file: 'inventory.yaml', text: 'version: 1\n' };

const ADDRESSES_MOST = 2000;
const PORTS_FORESEEN_MOST = 50;
const ADDRESSES_EACH = 256n;

@Injectable()
export class InventoryEditor {
  constructor(
    private readonly inventory: InventoryService,
    private readonly queries: InventoryQueries,
  ) {}

  /** The current text with these edits; one that can't be made is refused. */
  async withEdits(edits: readonly Edit[]): Promise<Proposal> {
    const current = await this.inventory.texts(null);
    const edited = editSources(current?.sources ?? [FIRST_FILE], edits);
    if (!edited.ok) throw new Refusal(edited.isStale === true ? 'stale' : 'bad-input', edited.problem);
    return this.propose(current, { path: current?.path ?? FIRST_FILE.file, sources: edited.sources });
  }

  /** Other texts for some of the files, or for all of them. */
  async withTexts(given: readonly Source[], isWhole: boolean): Promise<Proposal> {
    const current = await this.inventory.texts(null);
    const before = current?.sources ?? [FIRST_FILE];
    const fresh = given.map(({ file, text }) => ({ file, text: inTheMannerOf(before, file, text) }));
    const sources = isWhole ? fresh : before.map((one) => fresh.find(({ file }) => file === one.file) ?? one);
    const path = isWhole ? pathOf(fresh, current) : (current?.path ?? FIRST_FILE.file);
    return this.propose(current, { path, sources });
  }

  /** Of a version, what it changed: against the one before it, or another one. */
  async between(
    before: VersionTexts | null,
    after: VersionTexts,
  ): Promise<Pick<Proposal, 'changes' | 'files'>> {
    const [old, fresh] = [before && (await this.read(before)), await this.read(after)];
    return {
      changes: fresh ? diffInventories(old, fresh) : [],
      files: fileDiffs(before?.sources ?? [], after.sources),
    };
  }

  /** A long text takes seconds to read, and the one in force is read already. */
  private async read({ id, sources }: VersionTexts): Promise<Inventory | null> {
    const current = await this.inventory.current();
    if (current?.id === id) return current.inventory;
    const read = parseInventory(sources);
    return read.ok ? read.inventory : null;
  }

  private async propose(
    current: VersionTexts | null,
    { path, sources }: Pick<InventoryText, 'path' | 'sources'>,
  ): Promise<Proposal> {
    const text = { path, sources, sha256: sha256Of({ path, sources }) };
    const files = fileDiffs(current?.sources ?? [], sources);
    const about = { base: current?.id ?? null, text, files };
    const read = parseInventory(sources);
    if (!read.ok)
      return { ...about, problems: read.problems, warnings: [], changes: [], foreseen: [], opening: [] };
    const before = (await this.inventory.current())?.inventory ?? null;
    const changes = diffInventories(before, read.inventory);
    const addresses = addressesOf(changes, [before, read.inventory]);
    const found = await this.queries.findingsAt(addresses);
    const known = new Set(found.map(({ address, port }) => `${address} ${port}`));
    const wanted = changedPorts(before, read.inventory, addresses, PORTS_FORESEEN_MOST);
    const seen = await this.queries.lastSeen(
      wanted.filter(({ address, port }) => !known.has(`${address} ${port}`)),
    );
    return {
      ...about,
      ...{ problems: [], warnings: read.warnings, changes },
      foreseen: foresee(before, read.inventory, found),
      opening: wouldOpen(read.inventory, seen),
    };
  }
}

/** As the file that it takes the place of ends its lines. */
function inTheMannerOf(before: readonly Source[], file: string, text: string): string {
  const isCrlf = before.find((one) => one.file === file)?.text.includes('\r\n') ?? false;
  const plain = text.replace(/\r\n?/g, '\n');
  return isCrlf ? plain.replaceAll('\n', '\r\n') : plain;
}

/** One file is named by itself; several by where they were, or by the folder that they will be. */
function pathOf(files: readonly Source[], current: VersionTexts | null): string {
  if (files.length === 1) return files[0]!.file;
  return current && current.sources.length > 1 ? current.path : 'inventory';
}

function fileDiffs(before: readonly Source[], after: readonly Source[]): Proposal['files'] {
  const isOne = before.length === 1 && after.length === 1;
  const names = isOne ? [after[0]!.file] : [...new Set([...before, ...after].map(({ file }) => file))];
  const textIn = (sources: readonly Source[], file: string): string =>
    (isOne ? sources[0] : sources.find((one) => one.file === file))?.text ?? '';
  return names
    .map((file) => ({ file, hunks: lineDiff(textIn(before, file), textIn(after, file)) }))
    .filter(({ hunks }) => hunks.length > 0);
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
