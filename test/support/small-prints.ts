/*
 * Prints as Chromium writes them, by hand and with no more in them than a test needs: objects, one table of places, a trailer.
 */

/** An object's text, or a stream's dictionary and what is in it. */
export type SmallObject = string | { readonly entries: string; readonly bytes: Buffer };

/** @param objects from number 1 on; the first is the catalog */
export function smallPdf(objects: readonly SmallObject[], trailer = ''): Buffer {
  const chunks: Buffer[] = [Buffer.from('%PDF-1.4\n')];
  const places: number[] = [];
  const size = (): number => chunks.reduce((sum, { length }) => sum + length, 0);
  for (const [index, object] of objects.entries()) {
    places.push(size());
    chunks.push(Buffer.from(`${index + 1} 0 obj\n`));
    if (typeof object === 'string') chunks.push(Buffer.from(object, 'latin1'));
    else {
      chunks.push(Buffer.from(`<<${object.entries}\n/Length ${object.bytes.length}>> stream\n`, 'latin1'));
      chunks.push(object.bytes, Buffer.from('\nendstream'));
    }
    chunks.push(Buffer.from('\nendobj\n'));
  }
  const start = size();
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const count = objects.length + 1;
  const end = `xref\n0 ${count}\n0000000000 65535 f \n${rows}trailer\n<</Size ${count}\n/Root 1 0 R${trailer}>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.concat([...chunks, Buffer.from(end)]);
}

export interface SmallPart {
  readonly heading: string;
  readonly level: number;
  /** What the page's one link leads to: `/Dest /x`, or an action. */
  readonly link: string;
  /** The name of a place on the page. */
  readonly place: string;
  readonly font: Buffer;
}

/** One page with a heading and a link, tagged, with an outline; the heading is of one piece, around which there is a box without a meaning. */
export function smallPart({ heading, level, link, place, font }: SmallPart): Buffer {
  return smallPdf(
    [
      '<</Type /Catalog /Pages 2 0 R /Dests 12 0 R /MarkInfo <</Marked true>> /StructTreeRoot 7 0 R /Outlines 13 0 R /Lang (en)>>',
      '<</Type /Pages /Count 1 /Kids [3 0 R]>>',
      '<</Type /Page /Resources <</Font <</F4 5 0 R>>>> /MediaBox [0 0 100 100] /Annots [15 0 R] /Contents 4 0 R /StructParents 0 /Parent 2 0 R>>',
      {
        entries: '',
        bytes: Buffer.from(`/NonStruct <</MCID 0>>BDC BT /F4 8 Tf <0001> Tj ET EMC (${heading})`),
      },
      '<</Type /Font /Subtype /Type0 /FontFile 6 0 R>>',
      { entries: '/Length1 3', bytes: font },
      '<</Type /StructTreeRoot /K 8 0 R /ParentTree 16 0 R>>',
      '<</Type /StructElem /S /Document /Lang (en) /P 7 0 R /K [9 0 R 11 0 R]>>',
      `<</Type /StructElem /S /H${level} /P 8 0 R /K 10 0 R>>`,
      '<</Type /StructElem /S /NonStruct /P 9 0 R /Pg 3 0 R /K 0>>',
      '<</Type /StructElem /S /Link /P 8 0 R /K <</Type /OBJR /Obj 15 0 R /Pg 3 0 R>>>>',
      `<</${place} [3 0 R /XYZ 1 2 0]>>`,
      '<</Type /Outlines /First 14 0 R /Last 14 0 R /Count 1>>',
      `<</Title (${heading}) /Dest [3 0 R /XYZ 0 9 0] /Parent 13 0 R /SE 9 0 R>>`,
      `<</Type /Annot /Subtype /Link /Rect [0 0 1 1] ${link} /StructParent 100000>>`,
      '<</Nums [0 [9 0 R] 100000 11 0 R]>>',
      `<</Title (${heading})>>`,
    ],
    '\n/Info 17 0 R',
  );
}

/** As many pages as there are texts, none of them tagged. */
export function smallNumbers(texts: readonly string[]): Buffer {
  const pages = texts.map((_, index) => 3 + 2 * index);
  return smallPdf([
    '<</Type /Catalog /Pages 2 0 R>>',
    `<</Type /Pages /Count ${texts.length} /Kids [${pages.map((page) => `${page} 0 R`).join(' ')}]>>`,
    ...texts.flatMap((text, index): SmallObject[] => [
      `<</Type /Page /Resources <</Font <</F4 ${3 + 2 * texts.length} 0 R>>>> /MediaBox [0 0 100 100] /Contents ${4 + 2 * index} 0 R /Parent 2 0 R>>`,
      { entries: '', bytes: Buffer.from(text) },
    ]),
    '<</Type /Font /Subtype /Type0 /Name (numbers)>>',
  ]);
}
