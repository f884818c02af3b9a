/*
 * The words of a PDF, as a reader would copy them: page after page, without the line breaks of the layout.
 */
import { PDF } from '@libpdf/core';

export async function pdfText(bytes: Uint8Array): Promise<string> {
  const pdf = await PDF.load(bytes);
  return pdf
    .getPages()
    .map((page) => page.extractText().text)
    .join('\n');
}
