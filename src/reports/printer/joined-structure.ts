/*
 * The tags of a report that was printed in parts, as those of one document (ISO 32000-2 §14.7): one Document above all, one tree that
 * leads back from what is on a page to what it is, one list of names of table headings.
 *
 * What a browser writes for each box without a meaning of its own is left out, and what is in it belongs to what is around it: half
 * of all tags would say nothing. The trap: names are the same in each print, and so are told apart by the part.
 */
import type { JoinedFile } from './joined-file.js';
import { type Dict, isDict, isList, NotPrinted, Ref, type Value, writeValue } from './pdf-syntax.js';
import type { PrintedPdf } from './printed-pdf.js';

type Kid =
  | { readonly mcid: number; readonly page: number }
  | { readonly shown: number }
  | { readonly element: number };

/** Which objects of the print are which of the joined file. */
export interface Renumbered {
  readonly pages: ReadonlyMap<number, number>;
  readonly annotations: ReadonlyMap<number, number>;
}

/** What a part's pages need to know of it, by the numbers of the print. */
export interface PartStructure {
  /** By page: what each piece of it belongs to. */
  readonly belongings: ReadonlyMap<number, ReadonlyArray<number | undefined>>;
  readonly annotations: ReadonlyMap<number, number>;
  readonly levels: ReadonlyMap<number, { readonly level: number; readonly element: number }>;
}

const SAYS_NOTHING = new Set(['Type', 'S', 'P', 'Pg', 'K']);
const WRITTEN_HERE = new Set([...SAYS_NOTHING, 'ID', 'A']);

export class JoinedStructure {
  private readonly root: number;
  private readonly document: number;
  private readonly kids: number[] = [];
  private readonly names: Array<ReadonlyArray<readonly [name: string, element: number]>> = [];
  private readonly leads: string[] = [];
  private language: string | null = null;
  private nextKey = 0;

  constructor(private readonly file: JoinedFile) {
    this.root = file.reserve();
    this.document = file.reserve();
  }

  add(print: PrintedPdf, numbers: Renumbered): PartStructure {
    const root = print.dict(print.catalog.get('StructTreeRoot'));
    if (!root) throw new NotPrinted('it has no tags', 0);
    const copy = new PartCopy(print, this.file, numbers, this.names.length);
    for (const top of kidsIn(print, root)) {
      const dict = print.dict(top);
      if (!dict || !(top instanceof Ref)) continue;
      if (dict.get('S') !== '/Document') this.kids.push(copy.element(top.number, this.document));
      else {
        this.language ??= textOrNull(dict.get('Lang'));
        for (const kid of copy.kidsOf(dict, true))
          if ('element' in kid) this.kids.push(copy.element(kid.element, this.document));
      }
    }
    this.names.push(copy.names.sort(([a], [b]) => (a < b ? -1 : 1)));
    return copy;
  }

  /** @param belongs what it leads back to, as it is written. @returns the key under which a page or annotation names it */
  addLead(belongs: string): number {
    this.leads.push(`${this.nextKey} ${belongs}`);
    return this.nextKey++;
  }

  finish(): number {
    const { file } = this;
    const language = this.language === null ? '' : `/Lang ${this.language}`;
    file.put(
      this.document,
      `<</Type /StructElem /S /Document ${language}/P ${this.root} 0 R/K [${refs(this.kids)}]>>`,
    );
    const leads = file.add(`<</Nums [${this.leads.join(' ')}]>>`);
    const leaves = this.names
      .filter((names) => names.length > 0)
      .map((names) => {
        const listed = names.map(([name, element]) => `${name} ${element} 0 R`).join(' ');
        return file.add(`<</Limits [${names[0]![0]} ${names.at(-1)![0]}]/Names [${listed}]>>`);
      });
    const named = leaves.length > 0 ? `/IDTree <</Kids [${refs(leaves)}]>>` : '';
    const tree = `/ParentTree ${leads} 0 R/ParentTreeNextKey ${this.nextKey}`;
    file.put(this.root, `<</Type /StructTreeRoot/K ${this.document} 0 R${tree}${named}>>`);
    return this.root;
  }
}

/** One print's tags, copied. */
class PartCopy implements PartStructure {
  readonly belongings = new Map<number, Array<number | undefined>>();
  readonly annotations = new Map<number, number>();
  readonly levels = new Map<number, { level: number; element: number }>();
  readonly names: Array<readonly [string, number]> = [];

  constructor(
    private readonly print: PrintedPdf,
    private readonly file: JoinedFile,
    private readonly numbers: Renumbered,
    private readonly part: number,
  ) {}

  element(number: number, parent: number): number {
    const dict = this.print.dict(new Ref(number));
    if (!dict) throw new NotPrinted(`tag ${number} is not there`, 0);
    const own = this.file.reserve();
    const name = String(dict.get('S'));
    const level = /^\/H([1-6])$/.exec(name);
    if (level) this.levels.set(number, { level: Number(level[1]), element: own });
    const kids = this.kidsOf(dict);
    const page = kids.find((kid) => 'mcid' in kid)?.page;
    const written = kids.map((kid) => this.kid(kid, own, page));
    const text = [`<</Type /StructElem/S ${name}/P ${parent} 0 R`];
    if (page !== undefined) text.push(`/Pg ${this.pageOf(page)} 0 R`);
    if (written.length === 1) text.push(`/K ${written[0]}`);
    else if (written.length > 1) text.push(`/K [${written.join(' ')}]`);
    text.push(this.attributes(dict, own));
    this.file.put(own, `${text.join('')}>>`);
    return own;
  }

  /** @param isTop nothing but other tags may be right below the document */
  kidsOf(dict: Dict, isTop = false): Kid[] {
    const own = dict.get('Pg');
    return kidsIn(this.print, dict).flatMap((kid): Kid[] => {
      if (typeof kid === 'string') return [{ mcid: Number(kid), page: pageNumber(own) }];
      const found = this.print.dict(kid);
      if (!found) throw new NotPrinted('a tag has something in it that is nothing', 0);
      const type = found.get('Type');
      if (type === '/MCR')
        return [{ mcid: Number(found.get('MCID')), page: pageNumber(found.get('Pg') ?? own) }];
      if (type === '/OBJR') return [{ shown: pageNumber(found.get('Obj')) }];
      const inside = saysNothing(found) ? this.kidsOf(found, isTop) : null;
      if (inside && (!isTop || inside.every((one) => 'element' in one))) return inside;
      return [{ element: pageNumber(kid) }];
    });
  }

  private kid(kid: Kid, own: number, page: number | undefined): string {
    if ('element' in kid) return `${this.element(kid.element, own)} 0 R`;
    if ('shown' in kid) {
      this.annotations.set(kid.shown, own);
      return `<</Type /OBJR/Obj ${this.numbers.annotations.get(kid.shown)} 0 R>>`;
    }
    const belongings = this.belongings.get(kid.page) ?? [];
    belongings[kid.mcid] = own;
    this.belongings.set(kid.page, belongings);
    return kid.page === page
      ? `${kid.mcid}`
      : `<</Type /MCR/Pg ${this.pageOf(kid.page)} 0 R/MCID ${kid.mcid}>>`;
  }

  private pageOf(page: number): number {
    const found = this.numbers.pages.get(page);
    if (found === undefined) throw new NotPrinted(`a tag is on page ${page}, which there is not`, 0);
    return found;
  }

  private attributes(dict: Dict, own: number): string {
    const text: string[] = [];
    for (const [key, value] of dict)
      if (!WRITTEN_HERE.has(key)) text.push(`/${key} ${writeValue(value, notHere)}`);
    const id = textOrNull(dict.get('ID'));
    if (id !== null) {
      this.names.push([this.named(id), own]);
      text.push(`/ID ${this.named(id)}`);
    }
    const attributes = isDict(dict.get('A')) ? [dict.get('A')!] : this.print.list(dict.get('A'));
    const kept = attributes
      .filter((one) => isDict(one) && !isPlain(one))
      .map((one) => this.attribute(one as Dict));
    if (kept.length === 1) text.push(`/A ${kept[0]}`);
    else if (kept.length > 1) text.push(`/A [${kept.join(' ')}]`);
    return text.join('');
  }

  private attribute(one: Dict): string {
    const headers = one.get('Headers');
    if (!isList(headers)) return writeValue(one, notHere);
    const named = headers.map((id) => (typeof id === 'string' ? this.named(id) : id));
    return writeValue(new Map([...one, ['Headers', named]]), notHere);
  }

  private named(id: string): string {
    const part = String(this.part).padStart(5, '0');
    return id.startsWith('(')
      ? `(${part}.${id.slice(1)}`
      : `<${Buffer.from(`${part}.`).toString('hex')}${id.slice(1)}`;
  }
}

function kidsIn(print: PrintedPdf, dict: Dict): readonly Value[] {
  const kids = dict.get('K');
  if (kids === undefined) return [];
  const listed = print.follow(kids);
  return isList(listed) ? listed : [kids];
}

const saysNothing = (dict: Dict): boolean =>
  dict.get('S') === '/NonStruct' && Array.from(dict.keys()).every((key) => SAYS_NOTHING.has(key));

/** One row and one column is what a cell is over where nobody says. */
const isPlain = (attribute: Dict): boolean =>
  attribute.size === 2 && (attribute.get('RowSpan') ?? attribute.get('ColSpan')) === '1';

const textOrNull = (value: Value | undefined): string | null => (typeof value === 'string' ? value : null);

function pageNumber(value: Value | undefined): number {
  if (value instanceof Ref) return value.number;
  throw new NotPrinted('a tag does not say on which page it is', 0);
}

function notHere(number: number): number {
  throw new NotPrinted(`a tag says something of object ${number} that is not known`, 0);
}

export const refs = (numbers: readonly number[]): string =>
  numbers.map((number) => `${number} 0 R`).join(' ');
