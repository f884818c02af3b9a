/*
 * What somebody who forges a report writes into it, object by object, by a library that lets one do anything.
 */
import { type PDF, PdfArray, PdfDict, PdfName, PdfNumber, PdfRef, PdfStream } from '@libpdf/core';
import type { Segment } from './forged-reports.js';

export const follow = (pdf: PDF, value: unknown): unknown =>
  value instanceof PdfRef ? pdf.getObject(value) : value;
export const dict = (entries: Record<string, unknown>): PdfDict => PdfDict.of(entries as never);
export const name = (text: string): PdfName => PdfName.of(text);
export const numbers = (...all: number[]): PdfArray => new PdfArray(all.map((one) => PdfNumber.of(one)));
export const stream = (entries: Record<string, unknown>, bytes: Buffer): PdfStream =>
  new PdfStream(Object.entries(entries) as never, new Uint8Array(bytes));

/** More upon the cover. */
export function draw(pdf: PDF, text: Buffer, filter?: string): void {
  const page = pdf.getPages()[0]!.dict;
  const more = pdf.register(stream(filter ? { Filter: name(filter) } : {}, text));
  const own = page.get('Contents');
  const all = follow(pdf, own);
  page.set('Contents', new PdfArray([...(all instanceof PdfArray ? Array.from(all) : [own]), more] as never));
}

/** Nothing is changed. */
export const same = (segments: Segment[]): Segment[] => segments;
