/** A reader of CSV (RFC 4180), character by character. */
export function readCsv(csv: string): string[][] {
  const rows: string[][] = [];
  let cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let i = 0; i < csv.length; i++) {
    const char = csv[i]!;
    if (isQuoted && char === '"' && csv[i + 1] === '"') cell += csv[i++];
    else if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) cell += char;
    else if (char === ',') {
      cells.push(cell);
      cell = '';
    } else if (char === '\r' && csv[i + 1] === '\n') {
      rows.push([...cells, cell]);
      cells = [];
      cell = '';
      i++;
    } else cell += char;
  }
  return rows;
}
