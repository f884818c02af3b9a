/*
 * What a PDF says of itself beside its pages: tags, outline, links, as a library that knows nothing of us reads them.
 */
import {
  PDF,
  PdfArray,
  PdfDict,
  PdfName,
  PdfNumber,
  type PdfObject,
  PdfRef,
  PdfStream,
  PdfString,
} from '@libpdf/core';

export interface Tag {
  readonly name: string;
  readonly number: number;
  readonly dict: PdfDict;
  readonly kids: readonly Tag[];
  /** Pieces of pages that are it: index of the page, number of the piece. */
  readonly pieces: ReadonlyArray<readonly [page: number, piece: number]>;
  readonly shows: readonly PdfRef[];
}

export interface Heading {
  readonly depth: number;
  readonly title: string;
  readonly page: number;
}

export class PdfReading {
  readonly pages: ReturnType<PDF['getPages']>;

  private constructor(readonly pdf: PDF) {
    this.pages = pdf.getPages();
  }

  static async of(bytes: Uint8Array): Promise<PdfReading> {
    return new PdfReading(await PDF.load(bytes));
  }

  follow(value: PdfObject | null | undefined): PdfObject | null {
    return value instanceof PdfRef ? this.pdf.getObject(value) : (value ?? null);
  }

  dict(value: PdfObject | null | undefined): PdfDict {
    const found = this.follow(value);
    if (!(found instanceof PdfDict)) throw new Error(`expected a dictionary, found ${String(found)}`);
    return found;
  }

  list(value: PdfObject | null | undefined): PdfObject[] {
    const found = this.follow(value);
    return found instanceof PdfArray ? Array.from(found) : [];
  }

  get root(): PdfDict {
    return this.dict(this.pdf.getCatalog().get('StructTreeRoot'));
  }

  pageOf(value: PdfObject | null | undefined): number {
    return this.pages.findIndex(({ ref }) => ref === value);
  }

  /** The one at the top. */
  document(): Tag {
    const top = this.root.get('K');
    if (!(top instanceof PdfRef)) throw new Error('there is not one tag above all');
    return this.tag(top, this.root);
  }

  private tag(reference: PdfRef, parent: PdfDict): Tag {
    const dict = this.dict(reference);
    if (this.dict(dict.get('P')) !== parent) throw new Error(`tag ${reference} names another parent`);
    const inside = dict.get('K');
    const found = this.follow(inside);
    const kids: Tag[] = [];
    const pieces: Array<readonly [number, number]> = [];
    const shows: PdfRef[] = [];
    for (const kid of found instanceof PdfArray ? Array.from(found) : inside ? [inside] : []) {
      if (kid instanceof PdfNumber) pieces.push([this.pageOf(dict.get('Pg')), kid.value]);
      else if (this.dict(kid).getName('Type')?.value === 'MCR')
        pieces.push([this.pageOf(this.dict(kid).get('Pg')), this.dict(kid).getNumber('MCID')!.value]);
      else if (this.dict(kid).getName('Type')?.value === 'OBJR')
        shows.push(this.dict(kid).get('Obj') as PdfRef);
      else kids.push(this.tag(kid as PdfRef, dict));
    }
    const name = dict.getName('S')!.value;
    return { name, number: reference.objectNumber, dict, kids, pieces, shows };
  }

  /** By key: the numbers of the tags that a page's pieces, or an annotation, belong to. */
  leads(): Map<number, number[]> {
    const listed = this.list(this.dict(this.root.get('ParentTree')).get('Nums'));
    const found = new Map<number, number[]>();
    for (let index = 0; index < listed.length; index += 2) {
      const value = listed[index + 1]!;
      const followed = this.follow(value);
      const items = followed instanceof PdfArray ? Array.from(followed) : [value];
      found.set(
        (listed[index] as PdfNumber).value,
        items.map((item) => (item instanceof PdfRef ? item.objectNumber : -1)),
      );
    }
    return found;
  }

  outline(): Heading[] {
    const found: Heading[] = [];
    const walk = (first: PdfObject | undefined, depth: number): void => {
      for (let at = first; at; at = this.dict(at).get('Next')) {
        const item = this.dict(at);
        const title = this.follow(item.get('Title')) as PdfString;
        found.push({ depth, title: title.asString(), page: this.pageOf(this.list(item.get('Dest'))[0]) });
        walk(item.get('First'), depth + 1);
      }
    };
    const outlines = this.pdf.getCatalog().get('Outlines');
    if (outlines) walk(this.dict(outlines).get('First'), 0);
    return found;
  }

  /** Where each link leads: from page to page, by the name of the place. */
  links(): Array<{ readonly from: number; readonly to: number; readonly name: string }> {
    const places = this.pdf.getCatalog().get('Dests');
    return this.pages.flatMap((page, from) =>
      this.list(page.dict.get('Annots')).map((one) => {
        const name = this.dict(one).get('Dest');
        if (!(name instanceof PdfName)) throw new Error(`a link of page ${from + 1} leads to no place`);
        return { from, to: this.pageOf(this.list(this.dict(places).get(name.value))[0]), name: name.value };
      }),
    );
  }

  /** The numbers of the pieces that a page's own drawing marks. */
  marked(index: number): number[] {
    const contents = this.pages[index]!.dict.get('Contents');
    const followed = this.follow(contents);
    const streams = followed instanceof PdfArray ? Array.from(followed) : [contents];
    const drawn = streams.map((one) => {
      const stream = this.follow(one);
      return stream instanceof PdfStream ? Buffer.from(stream.getDecodedData()).toString('latin1') : '';
    });
    return Array.from(drawn.join('\n').matchAll(/\/MCID (\d+)/g), ([, number]) => Number(number));
  }
}

export function* tagsIn(tag: Tag): Generator<Tag> {
  yield tag;
  for (const kid of tag.kids) yield* tagsIn(kid);
}
