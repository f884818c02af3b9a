/*
 * Makes one PDF of the prints of a report's parts: their pages in order, numbered, with one outline, one tree of tags, and links from
 * any part to any other. What is the same in several, such as a font, is there once.
 *
 * The promise: nothing of a part is lost that a reader or its screen reader would be told; what can't be joined is an error. It works
 * on each part as it comes, and keeps no more of it than the file needs.
 */
import { PART_LINK } from '../drawing/cut-html.js';
import { CopiedObjects, same } from './copied-objects.js';
import { JoinedFile } from './joined-file.js';
import { JoinedOutline } from './joined-outline.js';
import { JoinedStructure, type PartStructure, refs } from './joined-structure.js';
import { type Over, PageOverlay } from './page-overlay.js';
import { type Dict, isDict, NotPrinted, Ref, writeValue } from './pdf-syntax.js';
import { PrintedPdf } from './printed-pdf.js';

interface Page {
  readonly number: number;
  /** All that stays as it was, written. */
  readonly entries: string;
  readonly resources: Dict;
  readonly contents: readonly number[];
}

/** Of one part: by the numbers of its print, those of the joined file. */
interface Part {
  readonly print: PrintedPdf;
  readonly copied: CopiedObjects;
  readonly pages: ReadonlyMap<number, number>;
  readonly annotations: ReadonlyMap<number, number>;
  readonly structure: PartStructure;
  readonly parent: number;
}

const LEADS_OUT = new RegExp(`^\\(${PART_LINK}([\\w-]+)\\)$`);
const OWN_ENTRIES = new Set(['Parent', 'Annots', 'Contents', 'Resources', 'StructParents']);
const FROM_THE_FIRST = ['Lang', 'MarkInfo', 'ViewerPreferences', 'Metadata'];

export class JoinedPdf {
  private readonly file = new JoinedFile();
  private readonly structure = new JoinedStructure(this.file);
  private readonly outline = new JoinedOutline(this.file);
  private readonly root = this.file.reserve();
  private readonly pages: Page[] = [];
  private readonly parts: number[] = [];
  private readonly places = new Map<string, string>();
  private readonly wanted = new Set<string>();
  private catalog = '';
  private info: number | null = null;

  /** @returns how many pages it has */
  add(bytes: Buffer): number {
    const print = new PrintedPdf(bytes);
    const reserved = (one: number): [number, number] => [one, this.file.reserve()];
    const pages = new Map(print.pages.map(reserved));
    const annotations = new Map(
      Array.from(pages.keys()).flatMap((page) => annotationsOf(print, page).map(reserved)),
    );
    const part: Part = {
      ...{ print, pages, annotations, parent: this.file.reserve() },
      copied: new CopiedObjects(print, this.file),
      structure: this.structure.add(print, { pages, annotations }),
    };
    for (const page of pages.keys()) this.addPage(page, part);
    const kids = `/Count ${pages.size}/Kids [${refs([...pages.values()])}]`;
    this.file.put(part.parent, `<</Type /Pages/Parent ${this.root} 0 R${kids}>>`);
    this.parts.push(part.parent);
    const pageOf = (number: number): number => among(pages, number);
    for (const [name, place] of print.dict(print.catalog.get('Dests')) ?? [])
      this.places.set(name, writeValue(place, pageOf));
    this.outline.add(print, part.structure.levels, pageOf);
    if (this.parts.length === 1) this.takeOver(part);
    return pages.size;
  }

  /** @param numbers prints of as many pages together as there are, with nothing on them but what is laid over these; none of none */
  finish(numbers: readonly Buffer[]): Buffer {
    const lost = Array.from(this.wanted).filter((name) => !this.places.has(name));
    if (lost.length > 0)
      throw new Error(`the report has links to ${lost.join(', ')}, which no part of it has`);
    const count = this.writePages(numbers);
    if (count !== this.pages.length && numbers.length > 0)
      throw new Error(`${this.pages.length} pages were printed, and numbers for ${count}`);
    const kids = `/Count ${this.pages.length}/Kids [${refs(this.parts)}]`;
    this.file.put(this.root, `<</Type /Pages${kids}>>`);
    const places = Array.from(this.places, ([name, place]) => `/${name} ${place}`).join('');
    const entries = [
      `/Pages ${this.root} 0 R`,
      `/StructTreeRoot ${this.structure.finish()} 0 R`,
      places === '' ? '' : `/Dests <<${places}>>`,
      this.outline.finish(),
    ];
    const catalog = this.file.add(`<</Type /Catalog${entries.join('')}${this.catalog}>>`);
    return this.file.finish(catalog, this.info);
  }

  /** @returns how many of them have numbers */
  private writePages(numbers: readonly Buffer[]): number {
    let first = 0;
    for (const print of numbers) {
      const over = new PageOverlay(new PrintedPdf(print), this.file);
      for (const [index, page] of this.pages.slice(first, first + over.count).entries())
        this.writePage(page, over.of(index));
      first += over.count;
    }
    for (const page of this.pages.slice(first)) this.writePage(page, null);
    return first;
  }

  /** The title, the language, and how it wants to be shown. */
  private takeOver({ print, copied }: Part): void {
    for (const key of FROM_THE_FIRST) {
      const value = print.catalog.get(key);
      if (value !== undefined) this.catalog += `/${key} ${writeValue(value, copied.numberOf)}`;
    }
    const info = print.trailer.get('Info');
    this.info = info instanceof Ref ? copied.numberOf(info.number) : null;
  }

  private addPage(page: number, part: Part): void {
    const { print, copied, pages, annotations, structure, parent } = part;
    const dict = print.dict(new Ref(page))!;
    const belongings = Array.from(structure.belongings.get(page) ?? [], (one) =>
      one === undefined ? 'null' : `${one} 0 R`,
    );
    const key = this.structure.addLead(`${this.file.add(`[${belongings.join(' ')}]`)} 0 R`);
    const shown = annotationsOf(print, page);
    for (const one of shown) this.addAnnotation(one, part);
    const entries = Array.from(dict)
      .filter(([name]) => !OWN_ENTRIES.has(name))
      .map(([name, value]) => `/${name} ${writeValue(value, copied.numberOf)}`);
    if (shown.length > 0) entries.push(`/Annots [${refs(shown.map((one) => annotations.get(one)!))}]`);
    entries.push(`/StructParents ${key}/Parent ${parent} 0 R`);
    this.pages.push({
      ...{ number: among(pages, page), entries: entries.join('') },
      resources: copied.resourcesOf(dict),
      contents: copied.copyContents(dict),
    });
  }

  private addAnnotation(annotation: number, { print, pages, annotations, structure }: Part): void {
    const dict: Dict = new Map(print.dict(new Ref(annotation)));
    const element = structure.annotations.get(annotation);
    dict.delete('StructParent');
    if (element !== undefined) dict.set('StructParent', `${this.structure.addLead(`${element} 0 R`)}`);
    const place = LEADS_OUT.exec(String(print.dict(dict.get('A'))?.get('URI')))?.[1];
    if (place !== undefined) {
      dict.delete('A');
      dict.set('Dest', `/${place}`);
      this.wanted.add(place);
    }
    const written = writeValue(dict, (number) => among(pages, number));
    this.file.put(among(annotations, annotation), written);
  }

  private writePage({ number, entries, resources, contents }: Page, over: Over | null): void {
    const drawn = over ? [over.before, ...contents, over.behind] : contents;
    const all = writeValue(over ? withMore(resources, over.resources) : resources, same);
    this.file.put(number, `<<${entries}/Resources ${all}/Contents [${refs(drawn)}]>>`);
  }
}

function annotationsOf(print: PrintedPdf, page: number): number[] {
  const listed = print.list(print.dict(new Ref(page))?.get('Annots'));
  return listed.flatMap((one) => (one instanceof Ref ? [one.number] : []));
}

function withMore(resources: Dict, more: Dict): Dict {
  const all: Dict = new Map(resources);
  for (const [kind, value] of more) {
    const own = all.get(kind);
    if (own === undefined) all.set(kind, value);
    else if (isDict(own) && isDict(value)) all.set(kind, new Map([...own, ...value]));
  }
  return all;
}

function among(numbers: ReadonlyMap<number, number>, number: number): number {
  const found = numbers.get(number);
  if (found === undefined) throw new NotPrinted(`something leads to object ${number}, which is no page`, 0);
  return found;
}
