/*
 * What somebody proposes for the inventory, before it is applied: by edits of the version that is in force, or by whole texts. It
 * says what is wrong, with places; or what would change, in words and in lines, and what becomes of open findings.
 *
 * Nothing is kept here: a proposal is made anew from what the form holds, each time. The trap is the ends of lines: forms send
 * CR LF, whatever the file has.
 */
import { Injectable } from '@nestjs/common';
import type { Foreseen, PortSeen } from '../domain/foresee.js';
import type { Change } from '../domain/inventory-diff.js';
import type { Edit, Renamed } from '../domain/inventory-edit.js';
import type { ParsedInventory, Problem, Source } from '../domain/inventory-file.js';
import { type Hunk, lineDiff } from '../domain/line-diff.js';
import { Refusal } from '../platform/refusal.js';
import { type FoundPort, InventoryQueries } from './inventory.queries.js';
import { InventoryService, type InventoryText, type VersionTexts } from './inventory.service.js';
import { sha256Of } from './inventory-folder.js';
import { InventoryReader } from './inventory-reader.js';

export interface Proposal {
  /** The version in force that it is compared with; null before the first one. */
  readonly base: string | null;
  readonly text: InventoryText;
  /** What is wrong with it: then there is no more to say. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly changes: readonly Change[];
  /** What has another name then, with all that names it. */
  readonly renamed: readonly Renamed[];
  readonly files: ReadonlyArray<{ readonly file: string; readonly hunks: readonly Hunk[] }>;
  readonly foreseen: ReadonlyArray<Foreseen<FoundPort>>;
  /** What was last seen otherwise than it would be declared, and is no finding yet. */
  readonly opening: readonly PortSeen[];
}

/** What an inventory is made of before there is any. */
export const FIRST_FILE: Source = { file: 'inventory.yaml', text: 'version: 1\n' };

@Injectable()
export class InventoryEditor {
  constructor(
    private readonly inventory: InventoryService,
    private readonly queries: InventoryQueries,
    private readonly reader: InventoryReader,
  ) {}

  /** The current text with these edits; one that can't be made is refused. */
  async withEdits(edits: readonly Edit[]): Promise<Proposal> {
    const current = await this.inventory.texts(null);
    const edited = await this.reader.edit(current?.sources ?? [FIRST_FILE], edits);
    if (!edited.ok) {
      const code = edited.isStale === true ? 'stale' : edited.isTaken === true ? 'conflict' : 'bad-input';
      throw new Refusal(code, edited.problem);
    }
    const { sources, renamed } = edited;
    return this.propose(current, { path: current?.path ?? FIRST_FILE.file, sources }, renamed);
  }

  /** Other texts for some of the files, or for all of them. */
  async withTexts(given: readonly Source[], isWhole: boolean): Promise<Proposal> {
    const current = await this.inventory.texts(null);
    const before = current?.sources ?? [FIRST_FILE];
    const fresh = given.map(({ file, text }) => ({ file, text: inTheMannerOf(before, file, text) }));
    const sources = isWhole ? fresh : before.map((one) => fresh.find(({ file }) => file === one.file) ?? one);
    const path = isWhole ? pathOf(fresh, current) : (current?.path ?? FIRST_FILE.file);
    return this.propose(current, { path, sources }, []);
  }

  /** What is wrong with some files, whoever they are of. */
  check(sources: readonly Source[]): Promise<Pick<Proposal, 'problems' | 'warnings'>> {
    return this.reader.check(sources);
  }

  /** The inventory that a proposal would be. */
  read({ text }: Pick<Proposal, 'text'>): Promise<ParsedInventory> {
    return this.reader.parse(text.sources);
  }

  /** Of a version, what it changed: against the one before it, or another one. */
  async between(
    before: VersionTexts | null,
    after: VersionTexts,
  ): Promise<Pick<Proposal, 'changes' | 'files'>> {
    return {
      changes: await this.inventory.between(before, after),
      files: fileDiffs(before?.sources ?? [], after.sources),
    };
  }

  private async propose(
    current: VersionTexts | null,
    { path, sources }: Pick<InventoryText, 'path' | 'sources'>,
    renamed: readonly Renamed[],
  ): Promise<Proposal> {
    const text = { path, sources, sha256: sha256Of({ path, sources }) };
    const files = fileDiffs(current?.sources ?? [], sources);
    const pair = { before: current?.sources ?? null, after: sources };
    const { problems, warnings, changes, addresses, ports } = await this.reader.compare(pair);
    const said = { base: current?.id ?? null, text, problems, warnings, changes, renamed, files };
    if (problems.length > 0) return { ...said, foreseen: [], opening: [] };
    const found = await this.queries.findingsAt(addresses);
    const known = new Set(found.map(({ address, port }) => `${address} ${port}`));
    const seen = await this.queries.lastSeen(
      ports.filter(({ address, port }) => !known.has(`${address} ${port}`)),
    );
    return { ...said, ...(await this.reader.outlook(pair, found, seen)) };
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
