/*
 * Pages of a print that are laid over others, as what belongs to no tag: a screen reader passes over the numbers of pages. Their fonts
 * and states get a letter in front of their names, so that they are no other's.
 */
import { deflateSync, inflateSync } from 'node:zlib';
import { CopiedObjects, contentsOf } from './copied-objects.js';
import type { JoinedFile } from './joined-file.js';
import { type Dict, isDict, NotPrinted, Ref, type Value } from './pdf-syntax.js';
import type { PrintedPdf } from './printed-pdf.js';

/** Drawn before and behind what a page has of its own, and with what more. */
export interface Over {
  readonly before: number;
  readonly behind: number;
  readonly resources: Dict;
}

export class PageOverlay {
  private readonly pages: readonly number[];
  private readonly copied: CopiedObjects;
  /** What is drawn in between leaves its measures behind, which are not ours. */
  private readonly saves: number;

  constructor(
    private readonly print: PrintedPdf,
    private readonly file: JoinedFile,
  ) {
    this.pages = print.pages;
    this.copied = new CopiedObjects(print, file);
    this.saves = file.addStream('', Buffer.from('q\n'));
  }

  get count(): number {
    return this.pages.length;
  }

  /** Null for a page that says nothing: a cover has no number. */
  of(index: number): Over | null {
    const dict = this.print.dict(new Ref(this.pages[index]!))!;
    const drawn = contentsOf(dict)
      .map((number) => this.drawn(number))
      .join('\n');
    if (!/\bTj\b/i.test(drawn)) return null;
    const own = drawn.replace(/\/([A-Za-z]\w*)(?=\s)/g, '/N$1');
    const text = `Q\n/Artifact <</Type /Pagination /Subtype /Footer>> BDC\nq\n${own}\nQ\nEMC\n`;
    const behind = this.file.addStream('/Filter /FlateDecode ', deflateSync(Buffer.from(text, 'latin1')));
    const resources = Array.from(this.copied.resourcesOf(dict), ([kind, value]): [string, Value] => [
      kind,
      isDict(value) ? new Map(Array.from(value, ([name, one]) => [`N${name}`, one])) : value,
    ]);
    return { before: this.saves, behind, resources: new Map(resources) };
  }

  private drawn(number: number): string {
    const { value, stream } = this.print.object(number);
    const filter = isDict(value) ? value.get('Filter') : undefined;
    if (!stream || (filter !== undefined && filter !== '/FlateDecode'))
      throw new NotPrinted('a page is drawn in a way that is not known', 0);
    return (filter === undefined ? stream : inflateSync(stream)).toString('latin1');
  }
}
