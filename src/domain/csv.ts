/*
 * Lines of CSV (RFC 4180), safe to open in a spreadsheet: text that a spreadsheet would take for a formula begins with an
 * apostrophe (OWASP, CSV injection).
 */
export const csvLine = (values: ReadonlyArray<string | number | null>): string =>
  `${values.map(cell).join(',')}\r\n`;

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
