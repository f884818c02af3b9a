/*
 * Copies what pages are drawn with out of a print: fonts, pictures, states. Each is written once, however many pages refer to it, and
 * once for all prints where it is the same in several.
 */
import type { JoinedFile } from './joined-file.js';
import { type Dict, isDict, isList, NotPrinted, Ref, type Value, writeValue } from './pdf-syntax.js';
import type { PrintedPdf } from './printed-pdf.js';

export const same = (number: number): number => number;

export class CopiedObjects {
  /** By the number in the print; null while it is being copied. */
  private readonly known = new Map<number, number | null>();

  constructor(
    private readonly print: PrintedPdf,
    private readonly file: JoinedFile,
  ) {}

  /** The number that an object has in the joined file; it is copied with all that it refers to. */
  readonly numberOf = (number: number): number => {
    const known = this.known.get(number);
    if (known === null) throw new NotPrinted(`object ${number} refers to itself`, 0);
    if (known !== undefined) return known;
    this.known.set(number, null);
    const { value, stream } = this.print.object(number);
    const text = stream ? entriesOf(value, this.numberOf) : writeValue(value, this.numberOf);
    const own = this.file.addOnce(text, stream);
    this.known.set(number, own);
    return own;
  };

  /** What a page is drawn with, in the numbers of the joined file. */
  resourcesOf(page: Dict): Dict {
    const resources: Dict = new Map();
    for (const [kind, value] of this.print.dict(page.get('Resources')) ?? []) {
      const own = this.print.follow(value)!;
      resources.set(kind, isDict(own) ? this.renumbered(own) : own);
    }
    return resources;
  }

  /** How a page is drawn: never the same twice, and not looked for. */
  copyContents(page: Dict): number[] {
    return contentsOf(page).map((number) => {
      const { value, stream } = this.print.object(number);
      if (!stream) throw new NotPrinted('a page has nothing on it', 0);
      return this.file.addStream(entriesOf(value, same), stream);
    });
  }

  private renumbered(dict: Dict): Dict {
    const own: Dict = new Map();
    for (const [name, value] of dict)
      own.set(
        name,
        value instanceof Ref ? new Ref(this.numberOf(value.number)) : writeValue(value, this.numberOf),
      );
    return own;
  }
}

export function contentsOf(page: Dict): number[] {
  const contents = page.get('Contents');
  const listed: ReadonlyArray<Value | undefined> = isList(contents) ? contents : [contents];
  return listed.map((one) => {
    if (one instanceof Ref) return one.number;
    throw new NotPrinted('a page has nothing on it', 0);
  });
}

function entriesOf(value: Value, numberOf: (number: number) => number): string {
  const entries = isDict(value) ? Array.from(value).filter(([key]) => key !== 'Length') : [];
  return entries.map(([key, one]) => `/${key} ${writeValue(one, numberOf)} `).join('');
}
