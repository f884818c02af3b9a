/*
 * Lines of CSV (RFC 4180), safe to open in a spreadsheet: text that a spreadsheet would take for a formula begins with an
 * apostrophe (OWASP, CSV injection). It is UTF-8 without a byte order mark, which a program would take for a part of the first column's
 * name. What has no place in CSV, controls and halves of characters, is shown by its code; tabs and line breaks are kept.
 */
import { codeOf } from './visible-text.js';

const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\p{Cs}\ufffe\uffff]/gu;

export const csvLine = (values: ReadonlyArray<string | number | null>): string =>
  `${values.map(cell).join(',')}\r\n`;

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const shown = value.replace(UNWRITABLE, codeOf);
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(shown) ? `'${shown}` : shown;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
