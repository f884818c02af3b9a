/*
 * The outline of a report that was printed in parts, as one: each heading below the last one of a higher rank before it, in whatever
 * part that was. In a print, the first headings of a part stand at the top, whatever their rank.
 */
import type { JoinedFile } from './joined-file.js';
import type { PartStructure } from './joined-structure.js';
import { type Dict, Ref, writeValue } from './pdf-syntax.js';
import type { PrintedPdf } from './printed-pdf.js';

interface Entry {
  readonly level: number;
  readonly entries: string;
  readonly number: number;
  readonly kids: Entry[];
}

export class JoinedOutline {
  private readonly top: Entry[] = [];
  /** From the top down to where the last heading stands. */
  private open: Entry[] = [];

  constructor(private readonly file: JoinedFile) {}

  add(print: PrintedPdf, levels: PartStructure['levels'], pageOf: (number: number) => number): void {
    const walk = (first: unknown, depth: number): void => {
      for (let at = first; at instanceof Ref; ) {
        const item = print.dict(at);
        if (!item) return;
        this.addItem(item, depth, levels, pageOf);
        walk(item.get('First'), depth + 1);
        at = item.get('Next');
      }
    };
    walk(print.dict(print.catalog.get('Outlines'))?.get('First'), 1);
  }

  /** What the catalog says of it; nothing where there is none. */
  finish(): string {
    if (this.top.length === 0) return '';
    const root = this.file.reserve();
    const count = this.write(this.top, root);
    this.file.put(root, `<</Type /Outlines${endsOf(this.top)}/Count ${count}>>`);
    return `/Outlines ${root} 0 R`;
  }

  private addItem(
    item: Dict,
    depth: number,
    levels: PartStructure['levels'],
    pageOf: (number: number) => number,
  ): void {
    const heading = item.get('SE');
    const known = heading instanceof Ref ? levels.get(heading.number) : undefined;
    const place = item.get('Dest');
    const title = item.get('Title');
    const entries = [`/Title ${title === undefined ? '()' : writeValue(title, pageOf)}`];
    if (place !== undefined) entries.push(`/Dest ${writeValue(place, pageOf)}`);
    if (known) entries.push(`/SE ${known.element} 0 R`);
    const level = known?.level ?? depth;
    const entry = { level, entries: entries.join(''), number: this.file.reserve(), kids: [] };
    this.open = this.open.filter((one) => one.level < level);
    (this.open.at(-1)?.kids ?? this.top).push(entry);
    this.open.push(entry);
  }

  /** @returns how many there are, with all below them: each is shown unfolded, as the browser has it */
  private write(entries: readonly Entry[], parent: number): number {
    let count = entries.length;
    entries.forEach(({ number, entries: own, kids }, index) => {
      const below = this.write(kids, number);
      count += below;
      const [before, after] = [entries[index - 1], entries[index + 1]];
      const text = [`<<${own}/Parent ${parent} 0 R`];
      if (before) text.push(`/Prev ${before.number} 0 R`);
      if (after) text.push(`/Next ${after.number} 0 R`);
      if (kids.length > 0) text.push(`${endsOf(kids)}/Count ${below}`);
      this.file.put(number, `${text.join('')}>>`);
    });
    return count;
  }
}

const endsOf = (entries: readonly Entry[]): string =>
  `/First ${entries[0]!.number} 0 R/Last ${entries.at(-1)!.number} 0 R`;
